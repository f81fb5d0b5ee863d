/** What somebody's own build adds to the release of its kernel, and where this machine keeps runs. */
export const withoutMachine = (text) =>
  text
    .replaceAll(/(kernel \d+\.\d+\.\d+)-[\w.-]+/g, '$1')
    .replaceAll(/[^\s"']+\/(?=\d{8}-\d{6}\.\d{3}-)/g, 'runs/');
