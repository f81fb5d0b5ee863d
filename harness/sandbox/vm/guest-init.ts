import { FILES } from '../../domain/evidence.ts';
import { EMULATED } from './machine.ts';
import { PACKAGE } from './userland.ts';

/** Where the evidence is gathered in the machine. */
export const EVIDENCE = '/tmp/evidence';
/** The tracing instance of the run: nobody else is there who could want one. */
export const TRACE_INSTANCE = 'backlog-lab';

/**
 * The first process of the machine. The first serial port is the console, the second is the inside
 * part's standard input and output. The plan comes on the first line, packed, because a port without
 * handshake must not be given more than the kernel's buffer takes. The programs of this machine are
 * found before those of busybox.
 */
export const GUEST_INIT = `#!/bin/busybox sh
busybox=/bin/busybox
$busybox mkdir -p /proc /sys /dev /tmp /run /etc /opt/busybox /root
$busybox mount -t proc proc /proc
$busybox mount -t sysfs sys /sys
$busybox mount -t devtmpfs dev /dev 2>/dev/null || {
  $busybox mount -t tmpfs dev /dev
  for node in null:1:3 zero:1:5 random:1:8 urandom:1:9 tty:5:0 ttyS0:4:64 ttyS1:4:65 console:5:1; do
    rest=\${node#*:}
    $busybox mknod /dev/\${node%%:*} c \${rest%:*} \${rest#*:}
  done
}
[ -e /dev/fd ] || $busybox ln -s /proc/self/fd /dev/fd
exec </dev/null >/dev/ttyS0 2>&1
$busybox --install -s /opt/busybox
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/busybox
export LC_ALL=C HOME=/root
case $(cat /proc/cmdline) in *${EMULATED}*) export NODE_OPTIONS=--jitless ;; esac
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null && mkdir /sys/kernel/tracing/instances/${TRACE_INSTANCE}
for module in $(cat /modules/order); do
  insmod /modules/$module.ko || echo "backlog-lab: cannot load $module"
done
# Before 5.6 Node would wait for random numbers until enough of them have come in their own time.
echo 0 >/proc/sys/kernel/random/urandom_min_reseed_secs 2>/dev/null
for _ in 1 2 3 4 5 6 7 8; do head -c 64 /dev/urandom >/dev/null; done
ip link set lo up
stty -F /dev/ttyS1 raw -echo || reboot -f
exec </dev/ttyS1 3>/dev/ttyS1
node --version >/tmp/node 2>&1 || {
  printf '{"event":"no-node","words":"%s"}\\n' "$(tr -c 'A-Za-z0-9 .:/_-' ' ' </tmp/node | head -c 300)" >&3
  sync
  reboot -f
}
printf '{"event":"started"}\\n' >&3
mkdir ${EVIDENCE}
IFS= read -r line || reboot -f
printf '%s' "$line" | base64 -d | gunzip >${EVIDENCE}/${FILES.plan}
IFS= read -r options || reboot -f
cd /
node ${PACKAGE}/dist/harness/collect/main.js "$options" >&3
cd ${EVIDENCE} || reboot -f
# status.json comes last, as it was written last: an archive that is cut off lacks it.
set --
for file in *; do
  case $file in
    ${FILES.plan} | ${FILES.status}) ;;
    *) set -- "$@" "$file" ;;
  esac
done
[ ! -e ${FILES.status} ] || set -- "$@" ${FILES.status}
printf '{"event":"evidence","gzip":true}\\n' >&3
tar -cf - "$@" | gzip -1 >&3
# The last one to close the port waits until it has sent everything.
exec </dev/null 3>&-
reboot -f
`;

/** tcpdump becomes this user when it is root's. */
export const ACCOUNTS: Readonly<Record<string, string>> = {
  '/etc/passwd':
    'root:x:0:0:root:/root:/bin/sh\ntcpdump:x:100:100::/tmp:/bin/false\nnobody:x:65534:65534::/tmp:/bin/false\n',
  '/etc/group': 'root:x:0:\ntcpdump:x:100:\nnogroup:x:65534:\n',
  '/etc/nsswitch.conf': 'passwd: files\ngroup: files\n',
};
