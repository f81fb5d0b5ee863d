/** Option values from text, strictly: what is not understood is an error, never NaN. */
import { HarnessError } from '../domain/harness-error.ts';
import type { Sysctls } from '../domain/parameters.ts';
import { sysctlKeyProblem } from '../domain/sysctl-key.ts';
import { HOSTS, type Host } from '../domain/tcp.ts';
import type { Arrivals } from '../domain/wire.ts';

const MOST = 2 ** 31 - 1;

export const usage = (message: string, remedy: string): HarnessError =>
  new HarnessError('USAGE', message, { remedy });

/** A whole number in plain digits. */
export function wholeNumber(option: string, text: string, least: number, most = MOST): number {
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || value < least || value > most) {
    throw usage(
      `Cannot use --${option} ${text} because it is not a whole number from ${least} to ${most}.`,
      `write plain digits, for example --${option} ${Math.min(Math.max(least, 4), most)}`,
    );
  }
  return value;
}

/** The argument of listen(2). */
export function backlog(text: string): number {
  if (/^-?\d+$/.test(text) && Number(text) < 1) {
    const why =
      Number(text) === 0
        ? "Node's net module replaces 0 by 511: the smallest backlog is 1"
        : 'the kernel takes a negative number for the largest possible backlog';
    throw new HarnessError(
      'BACKLOG_OUT_OF_RANGE',
      `Cannot listen with backlog ${text} because ${why}.`,
      {
        remedy: 'pass --backlog 1 or more',
      },
    );
  }
  return wholeNumber('backlog', text, 1);
}

/** `300ms`, `3s`, `1.5s` or plain milliseconds; at least 1 ms. */
export function durationMs(option: string, text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s)?$/.exec(text) ?? [];
  const milliseconds = Math.round(Number(amount) * (unit === 's' ? 1_000 : 1));
  if (amount === undefined || milliseconds < 1 || milliseconds > MOST) {
    throw usage(
      `Cannot use --${option} ${text} because it is not a duration of at least 1 ms.`,
      `write for example --${option} 300ms or --${option} 3s`,
    );
  }
  return milliseconds;
}

export function arrivals(text: string): Arrivals {
  if (text === 'burst' || text === 'sequential') return { kind: text };
  const perSecond = Number(/^(\d+(?:\.\d+)?)\/s$/.exec(text)?.[1]);
  if (!(perSecond > 0)) {
    throw usage(
      `Cannot use --arrivals ${text}.`,
      'choose burst (all at once), sequential (each after the previous has settled) or a rate such as 50/s',
    );
  }
  return { kind: 'rate', perSecond };
}

const SYSCTL = /^(?:(server|client):)?([^\s:=]+)=(.+)$/;

/** `[server:|client:]net.some.key=value`; without a host it is meant for both. */
export function sysctls(texts: readonly string[]): Readonly<Record<Host, Sysctls>> {
  const chosen: Record<Host, Record<string, string>> = { server: {}, client: {} };
  for (const { hosts, key, value } of texts.map(sysctl)) {
    for (const host of hosts) chosen[host][key] = value;
  }
  return chosen;
}

interface ChosenSysctl {
  readonly hosts: readonly Host[];
  readonly key: string;
  readonly value: string;
}

function sysctl(text: string): ChosenSysctl {
  const [, host, key, value] = SYSCTL.exec(text) ?? [];
  if (key === undefined || value === undefined) throw noSysctl(text, 'it is no key=value');
  const problem = sysctlKeyProblem(key);
  if (problem !== undefined) throw noSysctl(text, problem);
  return { hosts: host === undefined ? HOSTS : [host as Host], key, value: value.trim() };
}

const noSysctl = (text: string, why: string): HarnessError =>
  usage(
    `Cannot use --sysctl ${text} because ${why}.`,
    'write --sysctl net.ipv4.tcp_timestamps=0, or --sysctl server:net.ipv4.tcp_timestamps=0 for one host',
  );
