/**
 * What the observer and the agents in the other containers say to each other: one JSON object a
 * line over TCP. The observer connects, the agent greets it when no other one is served, it asks
 * something at once, and each request is carried out in turn. When the connection ends, so does the program that was started
 * over it.
 */
import type { HarnessErrorCode } from './harness-error.ts';

/** Every agent listens here; the port of a run must be another one. */
export const CONTROL_PORT = 9_998;

/** Which one program an agent may start: its own command line says so, never the network. */
export const AGENT_ROLES = ['listener', 'client'] as const;
export type AgentRole = (typeof AGENT_ROLES)[number];

/** The listener's words for `never-accepts`; `address` is one of its own. */
export interface ListenerWishes {
  readonly address: string;
  readonly port: number;
  readonly backlog: number | null;
  readonly maxConnections?: number;
  readonly answers?: boolean;
}

/** Where a client's swarm connects to: in the subnet of an address of its own. */
export interface ClientWishes {
  readonly address: string;
  readonly port: number;
}

/** Requests with an `id` are answered under the same one. */
export type AgentRequest =
  | { readonly request: 'start'; readonly wishes: ListenerWishes | ClientWishes }
  /** A line for the program's standard input. */
  | { readonly request: 'input'; readonly line: string }
  /** Ends the program's input and waits for its end, both of which are reported; then it is killed. */
  | { readonly request: 'finish'; readonly withinMs: number }
  | { readonly request: 'counters'; readonly id: number }
  | { readonly request: 'texts'; readonly id: number }
  | { readonly request: 'sysctls'; readonly id: number; readonly keys: readonly string[] }
  | { readonly request: 'clock'; readonly id: number };

export interface AgentAddress {
  readonly interface: string;
  readonly address: string;
  /** Of the subnet that it is in. */
  readonly prefixBits: number;
}

/** What an agent says of itself at first. */
export interface AgentGreeting {
  readonly report: 'hello';
  readonly role: AgentRole;
  readonly harnessVersion: string;
  readonly container: string;
  readonly kernelRelease: string;
  /** CLOCK_MONOTONIC is the same where this is: a start of a machine, and a time namespace. */
  readonly clockId: string;
  /** For example `net:[4026532185]`. */
  readonly networkNamespace: string;
  /** IPv4, without the loopback's. */
  readonly addresses: readonly AgentAddress[];
  /** Clients that one process can hold here. */
  readonly mostClients: number;
}

export type AgentReport =
  | AgentGreeting
  /** Lines of the program's standard output that came together. */
  | { readonly report: 'lines'; readonly lines: readonly string[] }
  | { readonly report: 'stderr'; readonly text: string }
  /** It was asked to end the program, and does so. */
  | { readonly report: 'finishing' }
  /** The program has ended because it was asked to. */
  | { readonly report: 'finished' }
  /** The program has ended although nobody asked it to, or a request was not understood. */
  | {
      readonly report: 'failed';
      readonly code: HarnessErrorCode;
      readonly message: string;
      readonly remedy: string;
    }
  | { readonly report: 'answer'; readonly id: number; readonly answer: unknown };
