import type { Observations } from '../domain/observations.ts';

/** What is to be known of a virtual machine: how it was made, what its kernel lacks, how it kept time. */
export function machineEntries({
  surroundings,
  punctuality,
}: Observations): readonly (readonly [string, string])[] {
  if (surroundings.sandbox !== 'vm') return [];
  const late =
    punctuality === undefined
      ? ''
      : `; while clients connected a timer of 10 ms was late by up to ${punctuality.mostLateMs.toFixed(0)} ms`;
  return [
    ['machine', `${surroundings.engine ?? 'unknown'}${late}`],
    ...(surroundings.lacks ?? []).map(({ instead }) => ['lacking', instead] as const),
  ];
}
