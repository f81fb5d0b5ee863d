/**
 * The part of Mermaid's sequenceDiagram grammar that ladders use, strictly: what this takes, every
 * Mermaid since 10 draws. After its own preprocessing an entity such as `#59;` is a single sign.
 */
const TEXT = '[^#;\\n]+';
const STATEMENTS: readonly RegExp[] = [
  new RegExp(`^accTitle: ${TEXT}$`),
  new RegExp(`^accDescr: ${TEXT}$`),
  new RegExp(`^participant [A-Za-z]\\w* as ${TEXT}$`),
  new RegExp(`^(?<from>[A-Za-z]\\w*)(?:->>|-x)(?<to>[A-Za-z]\\w*): ${TEXT}$`),
  new RegExp(`^Note (?:left of|right of) (?<from>[A-Za-z]\\w*): ${TEXT}$`),
  new RegExp(`^Note over (?<from>[A-Za-z]\\w*)(?:,(?<to>[A-Za-z]\\w*))?: ${TEXT}$`),
];

const PARTICIPANT = /^participant (\w+) as /;

/** The lines that are no statement, or name somebody who takes no part. Empty: it is a diagram. */
export function mermaidProblems(diagram: string): readonly string[] {
  const [head, ...lines] = diagram.trimEnd().split('\n');
  const statements = lines.map((line) => line.trim().replaceAll(/#\d+;/g, '_'));
  const taking = new Set(statements.flatMap((line) => PARTICIPANT.exec(line)?.[1] ?? []));
  const wrong = statements.filter((line) => {
    const groups = STATEMENTS.map((statement) => statement.exec(line)).find(Boolean)?.groups;
    if (groups === undefined) return !STATEMENTS.slice(0, 3).some((each) => each.test(line));
    return [groups['from'], groups['to']].some((name) => name !== undefined && !taking.has(name));
  });
  return head === 'sequenceDiagram' ? wrong : [head ?? '', ...wrong];
}
