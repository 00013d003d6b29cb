// Zip archives (`.keras`, `.npz`) with what a plain unpacker leaves out: each member's checksum is compared, so that a file that
// was damaged on its way is not read as other numbers, and no member gets more room than it can need.

import { unzipSync } from 'fflate';

/** DEFLATE makes nothing more than 1032 times smaller: a member that claims more is damaged. */
const LARGEST_RATIO = 1100;

/** The members that `wanted` names, by name. Throws an Error that says what is wrong, without a stop at its end. */
export function unzip(bytes: Uint8Array, wanted: (name: string) => boolean): ReadonlyMap<string, Uint8Array> {
  const checksums = checksumsOf(bytes);
  const members = unzipSync(bytes, {
    filter: ({ name, originalSize }) => {
      if (!wanted(name)) return false;
      if (originalSize > bytes.length * LARGEST_RATIO) throw new Error(`"${name}" claims to be larger than it can be`);
      return true;
    },
  });
  for (const [name, data] of Object.entries(members)) {
    const expected = checksums.get(name);
    if (expected !== undefined && crc32(data) !== expected) throw new Error(`the checksum of "${name}" is wrong`);
  }
  return new Map(Object.entries(members));
}

/** Names of the members, in the order of the archive. */
export function zipNames(bytes: Uint8Array): readonly string[] {
  const names: string[] = [];
  unzip(bytes, (name) => {
    names.push(name);
    return false;
  });
  return names;
}

const END = 0x06054b50;
const ENTRY = 0x02014b50;
/** Length of the end record without a comment, and of an entry of the directory without its name. Bytes. */
const END_LENGTH = 22;
const ENTRY_LENGTH = 46;

/** CRC-32 by name, from the archive's directory (APPNOTE 4.3.12); none where it cannot be followed, as of archives beyond 4 GiB. */
function checksumsOf(bytes: Uint8Array): ReadonlyMap<string, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const checksums = new Map<string, number>();
  let end = bytes.length - END_LENGTH;
  while (end >= 0 && view.getUint32(end, true) !== END) end--;
  if (end < 0) return checksums;
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const decoder = new TextDecoder();
  for (let n = 0; n < count && at + ENTRY_LENGTH <= bytes.length && view.getUint32(at, true) === ENTRY; n++) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    checksums.set(
      decoder.decode(bytes.subarray(at + ENTRY_LENGTH, at + ENTRY_LENGTH + name)),
      view.getUint32(at + 16, true),
    );
    at += ENTRY_LENGTH + name + extra + comment;
  }
  return checksums;
}

/** Of bytes, by the remainder that each adds (ISO 3309, the reversed polynomial). */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  return remainder;
});

function crc32(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (let n = 0; n < data.length; n++) crc = TABLE[(crc ^ data[n]) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
