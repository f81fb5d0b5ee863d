import type { ClientProgram, ClientProgramCommand, ServerProgram } from './application.ts';
import type { OwnServer, Parameters, Sysctls } from './parameters.ts';
import type { AddressFamily, Host } from './tcp.ts';
import type { LibraryClient } from './usual-clients.ts';
import type { Arrivals, ClientBehaviour, ServerCommand } from './wire.ts';

/** What a plan may wait for. Every wait has a deadline, and its failure says what was seen instead. */
export type Condition =
  /** Every attempt of the wave has an outcome. */
  | { readonly kind: 'wave-settled'; readonly wave: string }
  /** Every client of the wave has failed to connect, or has stopped waiting for the server. */
  | { readonly kind: 'wave-ended'; readonly wave: string }
  /** So many clients of the wave are connected, as the clients see it. */
  | { readonly kind: 'clients-connected'; readonly wave: string; readonly atLeast: number }
  /** So many first SYNs of the wave were answered, or dropped since the snapshot of that name. */
  | {
      readonly kind: 'first-syns-met';
      readonly wave: string;
      readonly sinceSnapshot: string;
      readonly atLeast: number;
    }
  /** So many attempts of the wave were begun, reconnections included. */
  | { readonly kind: 'attempts-made'; readonly wave: string; readonly atLeast: number }
  /**
   * So many attempts of the wave have neither failed nor lost or closed their connection; those that
   * still wait to be connected are among them.
   */
  | { readonly kind: 'clients-open'; readonly wave: string; readonly equals: number }
  /** The clients of the wave have received so many bytes altogether. */
  | { readonly kind: 'bytes-answered'; readonly wave: string; readonly atLeast: number }
  /** The server program has taken so many connections out of its accept queue, kept or dropped. */
  | { readonly kind: 'connections-taken'; readonly relay?: number; readonly atLeast: number }
  /** The server program has received so many bytes. */
  | { readonly kind: 'bytes-received'; readonly relay?: number; readonly atLeast: number }
  /** Every call of a client library has ended, or nobody waits for it any more. */
  | { readonly kind: 'libraries-ended' }
  /** A client program, by its wave, has told so many events of that name. */
  | {
      readonly kind: 'clients-told';
      readonly wave: string;
      readonly event: string;
      readonly atLeast: number;
    }
  /** The server program that runs now has told so many events of that name. */
  | {
      readonly kind: 'server-told';
      readonly relay?: number;
      readonly event: string;
      readonly atLeast: number;
    }
  | { readonly kind: 'accept-queue-length'; readonly equals: number }
  | { readonly kind: 'syn-queue-length'; readonly equals: number }
  /** The SYN-ACK of every half-open handshake has been repeated; also if there is none. */
  | { readonly kind: 'syn-acks-repeated' }
  /** Both queues are empty, or neither has changed its length for so long: nobody accepts them. */
  | { readonly kind: 'queues-at-rest'; readonly forMs: number }
  /** The server's counter has grown by so much since the snapshot of that name. */
  | {
      readonly kind: 'counter-grown';
      readonly counter: string;
      readonly sinceSnapshot: string;
      readonly atLeast: number;
    };

/** Options of a program, by name without the dashes; true is a switch. */
export type ProgramOptions = Readonly<Record<string, string | number | true>>;

/** One step of a run's timeline. The interpreter in collect/ has one small function per kind. */
export type Step =
  | {
      readonly kind: 'start-server';
      /** null: none is given, so that Node takes its own; 0 is passed on, and Node takes its own too. */
      readonly backlog: number | null;
      /** `server.maxConnections`: what is above it is accepted and closed at once. */
      readonly maxConnections?: number;
      /** Sends back as many bytes as it receives. */
      readonly answers?: boolean;
      /** Which of several servers with addresses of their own; absent: the first, 0. */
      readonly relay?: number;
      /** This program of ours instead of the one that never accepts. */
      readonly program?: { readonly name: ServerProgram; readonly options: ProgramOptions };
      /** This program instead of ours; its backlog is its own affair, so that `backlog` is null. */
      readonly own?: OwnServer;
    }
  /** SIGSTOP, or SIGCONT, to every process of an own server: it accepts nothing, the kernel goes on. */
  | { readonly kind: 'freeze'; readonly frozen: boolean }
  | {
      readonly kind: 'server-command';
      readonly command: ServerCommand;
      readonly relay?: number;
    }
  /** Counters, socket tables and the listener of both hosts, read while no counter moves. */
  | {
      readonly kind: 'snapshot';
      readonly name: string;
      /** With the text of `netstat -s` on the server, which costs a process of its own. */
      readonly netstat?: boolean;
    }
  /**
   * Closed, it drops every segment of the clients but their SYNs before it reaches the wire; with
   * `holds: 'syn-acks'` every segment of the server when it has crossed the wire, before the
   * clients' kernel sees it.
   */
  | {
      readonly kind: 'gate';
      readonly closed: boolean;
      readonly holds?: 'syn-acks';
      /** Only for clients at this one of the client addresses, the first (0) first; absent: for all. */
      readonly address?: number;
    }
  /** Starts a wave of clients and goes on at once. */
  | {
      readonly kind: 'connect';
      readonly wave: string;
      readonly clients: number;
      /** `clients` more than the accept queue has places, by the limit that the server announced. */
      readonly beyondPlaces?: boolean;
      readonly arrivals: Arrivals;
      readonly behaviour: ClientBehaviour;
      /** Which of several servers they connect to; absent: the first, 0. */
      readonly relay?: number;
    }
  /** Starts a client program, which begins to work at once, and goes on. */
  | {
      readonly kind: 'start-clients';
      readonly wave: string;
      readonly program: ClientProgram;
      readonly options: ProgramOptions;
      /** Which of the client addresses they come from; absent: the kernel takes the first. */
      readonly address?: number;
      /** To so many of several servers, the first ones; absent: to the only one. */
      readonly toRelays?: number;
    }
  /** Says so to a client program; the answer to `rest` is waited for. */
  | {
      readonly kind: 'clients-command';
      readonly wave: string;
      readonly command: ClientProgramCommand;
      readonly deadlineMs: number;
    }
  /** Every connected client of the wave writes so many bytes. */
  | { readonly kind: 'send'; readonly wave: string; readonly bytes: number }
  /** Clients whose connections end do not connect again any more. */
  | { readonly kind: 'stop-reconnecting' }
  /** Starts a process for each client library, and loads it. */
  | { readonly kind: 'load-libraries'; readonly clients: readonly LibraryClient[] }
  /** All of them connect at once, and the plan goes on. */
  | { readonly kind: 'connect-libraries'; readonly stopWaitingAfterMs: number }
  | { readonly kind: 'await'; readonly condition: Condition; readonly deadlineMs: number }
  | {
      readonly kind: 'set-sysctl';
      readonly host: Host;
      readonly key: string;
      readonly value: string;
    }
  /** The clients let go of their sockets. */
  | { readonly kind: 'release' };

/** The names of the two snapshots between which the books must balance. */
export const OPENING_SNAPSHOT = 'opening';
export const CLOSING_SNAPSHOT = 'closing';

/** A run as a timeline, in plain JSON. It is carried out by collect/ and read again by the judge. */
export interface RunPlan {
  readonly schemaVersion: 1;
  readonly scenario: string;
  readonly parameters: Parameters;
  readonly network: {
    readonly family: AddressFamily;
    readonly port: number;
    readonly clientAddresses: number;
    /** Servers with addresses of their own; absent: one. */
    readonly relays?: number;
    /** Where only the server's limit decides how many come: the most that it may let come. */
    readonly mostClients?: number;
  };
  /**
   * `required` was asked for or is what the scenario is about: if it cannot be set, the run fails.
   * `pinned` keeps a run independent of the machine's defaults: if it cannot be set, the value
   * that is there is recorded and the prediction follows it.
   */
  readonly sysctls: {
    readonly required: Readonly<Record<Host, Sysctls>>;
    readonly pinned: Readonly<Record<Host, Sysctls>>;
  };
  /** 0: nobody looks at the queues over time. */
  readonly sampleEveryMs: number;
  readonly steps: readonly Step[];
}

/** How many clients a wave has when the server has announced this accept-queue limit. */
export const clientsOfWave = (
  { clients, beyondPlaces }: Pick<Extract<Step, { kind: 'connect' }>, 'clients' | 'beyondPlaces'>,
  acceptQueueLimit: number,
): number => (beyondPlaces === true ? acceptQueueLimit + 1 + clients : clients);
