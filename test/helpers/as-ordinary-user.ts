/** Not 0 and present in every /etc/passwd: nobody. */
const ORDINARY_ID = 65_534;

/**
 * What to put before a command to run it without any privilege: nothing for those who have none,
 * and for root a change of user. The files of the command must be readable for everyone.
 */
export function asOrdinaryUser(): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  return ['setpriv', `--reuid=${ORDINARY_ID}`, `--regid=${ORDINARY_ID}`, '--clear-groups', '--'];
}
