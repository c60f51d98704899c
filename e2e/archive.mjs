// Reads a ZIP as far as checks need it: the files its central directory names.
import assert from "node:assert/strict";
import { inflateRawSync } from "node:zlib";

/** Name and bytes of each file. */
export function entries(zip) {
  const end = zip.lastIndexOf(Buffer.from("PK\x05\x06"));
  assert.ok(end >= 0, `not a ZIP: ${zip.subarray(0, 60)}`);
  const files = [];
  for (let at = zip.readUInt32LE(end + 16); zip.readUInt32LE(at) === 0x02014b50;) {
    const [method, size] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20)];
    const [name, extra, comment] = [28, 30, 32].map((place) => zip.readUInt16LE(at + place));
    const head = zip.readUInt32LE(at + 42);
    const from = head + 30 + zip.readUInt16LE(head + 26) + zip.readUInt16LE(head + 28);
    const raw = zip.subarray(from, from + size);
    files.push({ name: zip.toString("utf8", at + 46, at + 46 + name), bytes: method === 8 ? inflateRawSync(raw) : raw });
    at += 46 + name + extra + comment;
  }
  return files;
}
