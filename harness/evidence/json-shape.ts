/** What a field must be; a `?` lets it be absent, and a list names the words it may be. */
type FieldShape =
  | 'number'
  | 'number?'
  | 'number|null'
  | 'string'
  | 'string?'
  | 'string|null'
  | 'boolean'
  | 'boolean?'
  | 'object'
  | 'object?'
  | 'object|null'
  | 'array'
  | 'array?'
  | readonly string[];

/** The fields a reader needs. Fields it does not know are let through. */
export type Shape = Readonly<Record<string, FieldShape>>;

const kindOf = (value: unknown): string => {
  if (value === undefined) return 'absent';
  if (value === null) return 'null';
  // JSON.parse reads 1e400 so, and no sum or loop gets over it.
  if (value === Infinity || value === -Infinity) return 'infinite';
  return Array.isArray(value) ? 'array' : typeof value;
};

const fits = (value: unknown, shape: FieldShape): boolean => {
  if (typeof shape !== 'string') return typeof value === 'string' && shape.includes(value);
  if (shape.endsWith('?') && value === undefined) return true;
  return shape.replace('?', '').split('|').includes(kindOf(value));
};

const describe = (shape: FieldShape): string =>
  typeof shape === 'string' ? shape.replace('?', '').replace('|', ' or ') : shape.join(' or ');

const fieldsOf = (value: unknown): ReadonlyMap<string, unknown> =>
  new Map(kindOf(value) === 'object' ? Object.entries(value ?? {}) : []);

/** A field of a JSON value that may be anything; undefined when there is no such field. */
export const fieldOf = (value: unknown, field: string): unknown => fieldsOf(value).get(field);

/** What keeps a JSON value from having the shape, in words; undefined when it has it. */
export const shapeProblem = (value: unknown, shape: Shape): string | undefined => {
  if (kindOf(value) !== 'object') return `an object is expected, not ${kindOf(value)}.`;
  const fields = fieldsOf(value);
  const wrong = Object.entries(shape).find(([name, field]) => !fits(fields.get(name), field));
  if (wrong === undefined) return undefined;
  const [name, field] = wrong;
  return `'${name}' is ${kindOf(fields.get(name))}, not ${describe(field)}.`;
};
