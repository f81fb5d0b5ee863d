import { askedBacklog, type ServerRow, type ServersTable } from '../domain/real-server.ts';
import { changeWords, isAsKnown, refusedFrom, settingWords, somaxconnOf } from './servers-words.ts';

/** The table as plain data: the contract with programs. */
export function serversJsonReport(table: ServersTable): string {
  const { kernel, clients, wallMs } = table;
  const servers = table.servers.map(({ server, version }) => ({
    server: server.name,
    title: server.title,
    version,
    program: server.program,
    package: server.aptPackage,
    defaultBacklog: server.byDefault.backlog,
    howToChange: changeWords(server),
  }));
  const report = { schemaVersion: 1, kernel, somaxconn: somaxconnOf(table), clients, wallMs };
  return `${JSON.stringify({ ...report, servers, runs: table.rows.map(rowJson) }, null, 2)}\n`;
}

function rowJson(row: ServerRow): object {
  const { id, server, version, backlog, command, found, problem, runFolder } = row;
  const { setting } = server;
  return {
    ...{ id, server: server.name, version, command },
    backlog: {
      asked: askedBacklog(row),
      setting: backlog === null || setting === null ? null : settingWords(setting, backlog),
    },
    acceptQueueLimit: found?.limit ?? null,
    asKnown: isAsKnown(row),
    places: found?.places ?? null,
    refusedFromClient: refusedFrom(row),
    frozen: found?.frozen ?? null,
    burst: found?.burst ?? null,
    ...{ problem, runFolder },
  };
}
