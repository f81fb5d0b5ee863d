/** Numbers and bytes as base64, since thousands of them spelled out would make a page huge. */

export type PackedType = 'u8' | 'u16' | 'u32' | 'f32';

/** Little-endian numbers. `f32` has NaN where there is no value. */
export interface Packed {
  readonly type: PackedType;
  readonly base64: string;
}

const BYTES: Readonly<Record<PackedType, number>> = { u8: 1, u16: 2, u32: 4, f32: 4 };

export function pack(type: PackedType, values: readonly number[]): Packed {
  const size = BYTES[type];
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) write(view, type, index * size, value);
  return { type, base64: toBase64(bytes) };
}

function write(view: DataView, type: PackedType, at: number, value: number): void {
  switch (type) {
    case 'u8':
      view.setUint8(at, value);
      break;
    case 'u16':
      view.setUint16(at, value, true);
      break;
    case 'u32':
      view.setUint32(at, value, true);
      break;
    case 'f32':
      view.setFloat32(at, value, true);
      break;
  }
}

export function unpack({ type, base64 }: Packed): readonly number[] {
  const bytes = fromBase64(base64);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = BYTES[type];
  return Array.from({ length: bytes.length / size }, (_, index) => read(view, type, index * size));
}

function read(view: DataView, type: PackedType, at: number): number {
  switch (type) {
    case 'u8':
      return view.getUint8(at);
    case 'u16':
      return view.getUint16(at, true);
    case 'u32':
      return view.getUint32(at, true);
    case 'f32':
      return view.getFloat32(at, true);
  }
}

/** String.fromCharCode takes its characters as arguments, of which an engine allows only so many. */
const CHUNK_BYTES = 8_192;

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK_BYTES));
  }
  return btoa(text);
}

export const fromBase64 = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
