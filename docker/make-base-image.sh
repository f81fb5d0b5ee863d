#!/bin/sh
# Makes a base image for docker/Dockerfile where no image registry can be reached: a small Debian from
# packages, with the tools of a run, and the Node and npm of this machine.
#
#   sh docker/make-base-image.sh [NAME]      default: backlog-lab-base
#   docker build --build-arg BASE_IMAGE=backlog-lab-base --file docker/Dockerfile --tag backlog-lab .
#
# Needs mmdebstrap, node, npm and a Docker engine; works without root where mmdebstrap does.
#   SUITE    the Debian release, default bookworm
#   MIRROR   where the packages come from, default as mmdebstrap chooses
set -eu

case ${1-} in
  -h | --help)
    sed -n '2,/^set -eu/{s/^# \{0,1\}//p;}' "$0"
    exit 0
    ;;
  -*)
    echo "USAGE  There is no option $1." >&2
    echo '  Remedy: sh docker/make-base-image.sh --help' >&2
    exit 2
    ;;
esac
name=${1:-backlog-lab-base}
suite=${SUITE:-bookworm}

fail() {
  printf '%s\n' "$1" "  Remedy: $2" >&2
  exit 4
}

command -v mmdebstrap >/dev/null || fail \
  'TOOL_MISSING  Cannot make a base image because there is no mmdebstrap.' \
  'sudo apt-get install --no-install-recommends mmdebstrap'
command -v docker >/dev/null || fail \
  'TOOL_MISSING  Cannot make a base image because there is no docker command.' \
  'sudo apt-get install --no-install-recommends docker.io'
command -v npm >/dev/null || fail \
  'TOOL_MISSING  Cannot make a base image because there is no npm on the PATH.' \
  'install Node 20.19 or newer, with npm'

node=$(node -p 'process.execPath')
npm=$(npm root --global 2>/dev/null)/npm
[ -f "$npm/bin/npm-cli.js" ] || fail \
  "NPM_NOT_FOUND  Cannot copy npm because it does not lie in $npm." \
  'put an official Node distribution first on the PATH'

# Behind a company's proxy npm fails without the certificates that this machine trusts.
trusted=/etc/ssl/certs/ca-certificates.crt

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# mmdebstrap may look into it as another user.
chmod 755 "$work"
cat >"$work/add-node" <<END
mkdir -p "\$1/usr/local/lib/node_modules"
cp '$node' "\$1/usr/local/bin/node"
cp -R '$npm' "\$1/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "\$1/usr/local/bin/npm"
[ ! -f $trusted ] || cp $trusted "\$1$trusted"
END

echo "Makes $name from the packages of Debian $suite and this machine's Node: about a minute."
# Nobody reads manuals in a container.
mmdebstrap --quiet --variant=minbase \
  --include=ca-certificates,iproute2,libstdc++6,nftables,procps,tcpdump \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  --customize-hook="sh '$work/add-node' \"\$1\"" \
  --customize-hook='rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/var/log/*' \
  "$suite" "$work/base.tar" ${MIRROR:+"$MIRROR"} || fail \
  "BASE_NOT_MADE  Cannot make a Debian $suite (see above)." \
  "check SUITE and MIRROR, and that Debian's packages can be reached"

docker import --change 'CMD ["node"]' --change "ENV NODE_EXTRA_CA_CERTS=$trusted" \
  "$work/base.tar" "$name" >/dev/null
# A Node that lacks a library here must be found now, not in a build.
docker run --rm --network none "$name" node --version >/dev/null || fail \
  "NODE_UNUSABLE  The Node of this machine does not start in $suite (see above)." \
  'choose a release of Debian that fits: SUITE=trixie sh docker/make-base-image.sh'
if [ "$name" = backlog-lab-base ]; then
  echo "Made $name, which --sandbox docker uses from now on."
else
  echo "Made $name: pass --docker-base $name."
fi
