#!/bin/sh
# Makes a fresh clone ready to run: the Node version, the packages, the build, the system tools.
# POSIX sh, because a fresh machine has nothing else. Running it again is quick and changes nothing.
#
#   npm run setup
#   npm run setup -- --no-system-tools    leave the machine as it is (or SKIP_SYSTEM_TOOLS=1)
#
# Exit codes are those of the harness: 0 ready, 2 wrong usage, 4 something a run needs is missing.
set -eu
cd "$(dirname "$0")/.."

# Debian keeps ip, nft and tc where an ordinary user's PATH does not look; the harness looks there
# too. The tests set SBIN_DIRS to show the script a machine without these tools.
PATH="$PATH:${SBIN_DIRS-/usr/local/sbin:/usr/sbin:/sbin}"
export PATH

# A run cannot start without these; the others are for single scenarios and for the tests.
required_tools='tcpdump ip ss unshare nsenter taskset'
other_tools='nft tc setpriv flock sysctl ps'

say() {
  printf '%s\n' "$@"
}

fail() {
  printf '%s\n' "$1" "  Remedy: $2" >&2
  exit 4
}

# Shows what a command printed only when it failed.
run_quietly() {
  output=$("$@" 2>&1 </dev/null) && return 0
  printf '%s\n' "$output" | sed 's/^/    /' >&2
  return 1
}

check_node() {
  command -v node >/dev/null || fail \
    'NODE_MISSING  Cannot set up because there is no node on the PATH.' \
    'install Node 20.19 or newer, with npm.'
  version=$(node --version)
  version=${version#v}
  major=${version%%.*}
  minor=${version#*.}
  minor=${minor%%.*}
  if [ "$major" -lt 20 ] || { [ "$major" -eq 20 ] && [ "$minor" -lt 19 ]; }; then
    fail "NODE_TOO_OLD  Cannot set up with Node $version because the harness needs 20.19." \
      'install Node 20.19 or newer.'
  fi
  say "Node $version: new enough."
}

# npm leaves a copy of the lockfile in node_modules, as its last act. Optional packages are compared
# only when they are for this platform, and never by C library, which takes long to find out.
packages_match() {
  [ -f node_modules/.package-lock.json ] && node -e '
    const { existsSync, readFileSync } = require("node:fs");
    const read = (path) => JSON.parse(readFileSync(path, "utf8")).packages;
    const installed = read("node_modules/.package-lock.json");
    const isFor = (list, name) => list !== undefined && list.includes(name);
    const isOwed = ({ optional, os, cpu, libc }) =>
      !optional || (isFor(os, process.platform) && isFor(cpu, process.arch) && !libc);
    const isThere = ([path, { version }]) =>
      installed[path]?.version === version && existsSync(path + "/package.json");
    const owed = Object.entries(read("package-lock.json")).filter(
      ([path, entry]) => path.startsWith("node_modules/") && isOwed(entry),
    );
    process.exitCode = owed.every(isThere) ? 0 : 1;
  '
}

install_packages() {
  if packages_match; then
    say 'Packages: as package-lock.json says.'
    return
  fi
  say 'Packages: installing with npm ci.'
  # The compiler is a development dependency: NODE_ENV=production must not leave it out.
  run_quietly npm ci --include=dev || fail \
    'PACKAGES_NOT_INSTALLED  Cannot install the packages because npm ci failed (see above).' \
    'check the network and the npm registry, then run npm run setup again.'
}

# BusyBox has unshare, nsenter, ip, ps and more under the same names, without the options we use.
have() {
  path=$(command -v "$1") || return 1
  case "$(readlink -f "$path")" in
    */busybox) return 1 ;;
  esac
}

# Those of the given tools that this machine lacks.
missing_of() {
  list=''
  for tool in "$@"; do
    have "$tool" || list="$list $tool"
  done
  printf '%s' "${list# }"
}

find_manager() {
  for manager in apt-get dnf yum apk pacman zypper; do
    command -v "$manager" >/dev/null && return 0
  done
  manager=''
  return 1
}

# The package that brings a tool, by the name this package manager knows it under.
package_of() {
  case "$manager:$1" in
    *:tcpdump) echo tcpdump ;;
    *:nft) echo nftables ;;
    dnf:tc | yum:tc) echo iproute-tc ;;
    dnf:ip | yum:ip | dnf:ss | yum:ss) echo iproute ;;
    *:ip | *:ss | *:tc) echo iproute2 ;;
    *:unshare | *:nsenter | *:taskset | *:setpriv | *:flock) echo util-linux ;;
    apt-get:* | apk:* | zypper:*) echo procps ;;
    *) echo procps-ng ;;
  esac
}

packages_of() {
  packages=''
  for tool in "$@"; do
    package=$(package_of "$tool")
    case " $packages " in
      *" $package "*) ;;
      *) packages="$packages $package" ;;
    esac
  done
  printf '%s' "${packages# }"
}

install_command() {
  case "$manager" in
    # Machines that have just started often hold the lock for their own updates: wait for it.
    apt-get) echo 'env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120' \
      'install -y --no-install-recommends' ;;
    dnf) echo 'dnf install -y --setopt=install_weak_deps=False' ;;
    yum) echo 'yum install -y' ;;
    apk) echo 'apk add --no-cache' ;;
    pacman) echo 'pacman -S --needed --noconfirm' ;;
    zypper) echo 'zypper --non-interactive install --no-recommends' ;;
  esac
}

# Empty where installing fetches the package lists by itself.
refresh_command() {
  case "$manager" in
    apt-get) echo 'apt-get -o DPkg::Lock::Timeout=120 update' ;;
    pacman) echo 'pacman -Sy' ;;
  esac
}

# Sets `elevate` to what must stand before a command that changes the machine, and `by_hand` to how
# a person would run one; fails when only a person can.
find_elevation() {
  elevate=''
  by_hand=''
  [ "$(id -u)" -eq 0 ] && return 0
  by_hand='su - -c'
  command -v sudo >/dev/null || return 1
  by_hand='sudo sh -c'
  elevate='sudo -n'
  sudo -n true 2>/dev/null && return 0
  elevate='sudo'
  [ -t 0 ]
}

# Without package lists, or with old ones, the first attempt fails and the second succeeds.
# The words of the commands are split on purpose: none of them contains a space.
# shellcheck disable=SC2086
run_install() {
  say "  ${elevate:+$elevate }$install"
  if [ -n "$refresh" ]; then
    $elevate $install >/dev/null 2>&1 </dev/null && return 0
    say '  That failed; once more with fresh package lists.' "  ${elevate:+$elevate }$refresh"
    run_quietly $elevate $refresh || return 0
    say "  ${elevate:+$elevate }$install"
  fi
  run_quietly $elevate $install || return 0
}

install_tools() {
  install="$(install_command) $(packages_of "$@")"
  refresh=$(refresh_command)
  manual="${refresh:+$refresh && }$install"
  may_install=yes
  find_elevation || may_install=no
  [ -z "$by_hand" ] || manual="$by_hand '$manual'"
  [ "$may_install" = no ] || run_install
}

# shellcheck disable=SC2086 # lists of tools are words
provide_system_tools() {
  missing=$(missing_of $required_tools $other_tools)
  if [ -z "$missing" ]; then
    say 'System tools: all there.'
    return
  fi
  say "System tools: missing $missing."
  manual="install $missing with this machine's package manager"
  if find_manager; then install_tools $missing; fi
  report_tools
}

# shellcheck disable=SC2086
report_tools() {
  missing=$(missing_of $required_tools)
  if [ -n "$missing" ]; then
    fail "SYSTEM_TOOLS_MISSING  Cannot run without $missing, and could not install them here." \
      "$manual"
  fi
  missing=$(missing_of $other_tools)
  if [ -z "$missing" ]; then
    say 'System tools: all there now.'
    return
  fi
  say "System tools: still without $missing; scenarios that need them will say so. By hand:" \
    "  $manual"
}

wants_system_tools=yes
if [ -n "${SKIP_SYSTEM_TOOLS-}" ] && [ "$SKIP_SYSTEM_TOOLS" != 0 ]; then wants_system_tools=no; fi
for argument in "$@"; do
  case "$argument" in
    --no-system-tools) wants_system_tools=no ;;
    *)
      say "Unknown argument: $argument" "usage: npm run setup [-- --no-system-tools]" >&2
      exit 2
      ;;
  esac
done

check_node
install_packages
node harness/build.mjs || exit 4
if [ "$(uname -s)" != Linux ]; then
  say 'Runs need Linux: here stored run folders can be judged (a Docker sandbox is planned).'
elif [ "$wants_system_tools" = no ]; then
  say 'System tools: left alone, as asked.'
else
  provide_system_tools
fi
say 'Ready.'
