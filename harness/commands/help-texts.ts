/** What --help says besides the options. */

/** How the program is called, in place of $0. */
export const SCRIPT = 'npm run repro --';

/** What --help says of the words that it uses. */
export const INTRODUCTION = `Puts real sockets on a real kernel into the states that documents about listen queues describe, and judges with evidence which of their statements still hold.

$0 [options]            one run, of --scenario or of the default one
$0 <command> [options]  --help behind a command shows its options

A claim is a statement of one of these documents, such as 001-b. A scenario is an experiment that puts claims to the test. In a run a swarm of clients connects to a server inside a sandbox; all that can be seen of it is stored in a run folder, and judged from there.`;

export const EXAMPLES = `Examples:
  $0 --backlog 2 --clients 4
      three fit, the fourth times out
  $0 --scenario fooled-client
      connected, but the server knows nothing of it
  $0 --backlog 128 --somaxconn 16 --clients 40
      somaxconn cuts the backlog
  $0 --connect-timeout 300ms --json
      for machines
  $0 --server-command 'node my-server.js' --port 3000
      your own server`.replaceAll('$0', SCRIPT);

/** In the order in which --help shows them. */
export const GROUPS = ['Run:', 'Output:', 'Kernel:', 'Your own server:', 'Drawing:'];
