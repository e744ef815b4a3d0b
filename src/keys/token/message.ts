/**
 * Messages of p11-kit's remote procedure calls, version 0: a call's number and the signature of its arguments, then the
 * arguments, integers with the highest octet first. Attributes and mechanisms are named as in PKCS #11.
 */

/** The calls that are made, with their numbers and the signatures of request and answer. */
export const calls = {
  C_Initialize: [1, 'ayyay', ''],
  C_GetSlotList: [4, 'yfu', 'au'],
  C_GetTokenInfo: [6, 'u', 'ssssuuuuuuuuuuuvvs'],
  C_OpenSession: [10, 'uu', 'u'],
  C_Login: [18, 'uuay', ''],
  C_DestroyObject: [22, 'uu', ''],
  C_GetAttributeValue: [24, 'uufA', 'aAu'],
  C_FindObjectsInit: [26, 'uaA', ''],
  C_FindObjects: [27, 'ufu', 'au'],
  C_FindObjectsFinal: [28, 'u', ''],
  C_SignInit: [42, 'uMu', ''],
  C_Sign: [43, 'uayfy', 'ay'],
  C_GenerateKeyPair: [59, 'uMaAaA', 'uu'],
} as const;
export type CallName = keyof typeof calls;

/** What the other side answers in place of a result. */
const errorCall = 0;

/** Attributes by name: the number, and how a value is written. */
const attributes = {
  CKA_CLASS: [0x000, 'number'],
  CKA_TOKEN: [0x001, 'flag'],
  CKA_PRIVATE: [0x002, 'flag'],
  CKA_LABEL: [0x003, 'octets'],
  CKA_KEY_TYPE: [0x100, 'number'],
  CKA_ID: [0x102, 'octets'],
  CKA_SENSITIVE: [0x103, 'flag'],
  CKA_SIGN: [0x108, 'flag'],
  CKA_VERIFY: [0x10a, 'flag'],
  CKA_MODULUS: [0x120, 'octets'],
  CKA_MODULUS_BITS: [0x121, 'number'],
  CKA_PUBLIC_EXPONENT: [0x122, 'octets'],
  CKA_EXTRACTABLE: [0x162, 'flag'],
  CKA_EC_PARAMS: [0x180, 'octets'],
  CKA_EC_POINT: [0x181, 'octets'],
} as const;
type AttributeName = keyof typeof attributes;
export type Attributes = Readonly<Partial<Record<AttributeName, number | boolean | Uint8Array>>>;

/** Mechanisms by name: the number, and the numbers of its parameter. */
const mechanisms = {
  CKM_RSA_PKCS_KEY_PAIR_GEN: [0x0000, []],
  CKM_EC_KEY_PAIR_GEN: [0x1040, []],
  CKM_SHA256_RSA_PKCS: [0x0040, []],
  /** CKM_SHA256, CKG_MGF1_SHA256, and a salt as long as the hash. */
  CKM_RSA_PKCS_PSS: [0x000d, [0x250, 2, 32]],
  CKM_ECDSA: [0x1041, []],
} as const satisfies Record<string, readonly [number, readonly number[]]>;
export type Mechanism = keyof typeof mechanisms;

const longest = 1024 * 1024;
const absent = 0xffff_ffff;

/** Writes the arguments of one call, in the order of its signature. */
export class Request {
  readonly #parts: Buffer[] = [];
  constructor(call: CallName) {
    const [number, signature] = calls[call];
    this.#uint32(number).#counted(Buffer.from(signature));
  }
  byte(value: number): this {
    this.#parts.push(Buffer.of(value));
    return this;
  }
  number(value: number): this {
    const octets = Buffer.alloc(8);
    octets.writeBigUInt64BE(BigInt(value));
    this.#parts.push(octets);
    return this;
  }
  octets(value: Uint8Array): this {
    return this.byte(1).#counted(value);
  }
  /** How many octets or numbers there is space for in the answer. */
  space(count: number): this {
    return this.#uint32(count);
  }
  mechanism(name: Mechanism): this {
    const [number, parameter] = mechanisms[name];
    this.#uint32(number);
    if (parameter.length === 0) return this.#uint32(absent);
    for (const value of parameter) this.number(value);
    return this;
  }
  template(values: Attributes): this {
    const entries = Object.entries(values) as [AttributeName, number | boolean | Uint8Array][];
    this.#uint32(entries.length);
    for (const [name, value] of entries) this.#attribute(name, value);
    return this;
  }
  /** Which attributes are read, and how many octets of each there is space for. */
  attributeSpace(names: readonly AttributeName[], space: number): this {
    this.#uint32(names.length);
    for (const name of names) this.#uint32(attributes[name][0]).#uint32(space);
    return this;
  }
  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #attribute(name: AttributeName, value: number | boolean | Uint8Array): void {
    const [number, form] = attributes[name];
    this.#uint32(number).byte(1);
    if (form === 'flag') this.#uint32(1).byte(value === true ? 1 : 0);
    else if (form === 'number') this.#uint32(8).number(Number(value));
    else this.#uint32((value as Uint8Array).length).#counted(value as Uint8Array);
  }
  #uint32(value: number): this {
    const octets = Buffer.alloc(4);
    octets.writeUInt32BE(value);
    this.#parts.push(octets);
    return this;
  }
  #counted(value: Uint8Array): this {
    this.#uint32(value.length);
    this.#parts.push(Buffer.from(value));
    return this;
  }
}

/** Reads the answer to one call. @throws RangeError for an answer that is cut short or is to another call */
export class Answer {
  readonly #bytes: Buffer;
  #at = 0;
  /** The number of an error of PKCS #11; undefined for a result. */
  readonly error: number | undefined;
  constructor(call: CallName, bytes: Buffer) {
    this.#bytes = bytes;
    const number = this.#uint32();
    this.#counted(); // the signature
    this.error = number === errorCall ? this.number() : undefined;
    if (number !== errorCall && number !== calls[call][0])
      throw new RangeError(`it answers call ${number}, not ${call}`);
  }
  number(): number {
    const value = Number(this.#bytes.readBigUInt64BE(this.#at));
    this.#at += 8;
    return value;
  }
  /** A string with spaces at its end. */
  text(): string {
    return Buffer.from(this.#counted()).toString('utf8').trimEnd();
  }
  octets(): Uint8Array {
    return this.#byte() === 1 ? this.#counted() : new Uint8Array();
  }
  numbers(): readonly number[] {
    const hasValues = this.#byte() === 1;
    const count = this.#uint32();
    return hasValues ? Array.from({ length: Math.min(count, longest) }, () => this.number()) : [];
  }
  /** The octets of attributes, in the order in which they were requested. */
  attributeOctets(): readonly Uint8Array[] {
    const count = this.#uint32();
    return Array.from({ length: Math.min(count, 64) }, () => {
      this.#uint32();
      if (this.#byte() === 0) return new Uint8Array();
      this.#uint32();
      return this.#counted();
    });
  }

  #byte(): number {
    return this.#bytes.readUInt8(this.#at++);
  }
  #uint32(): number {
    const value = this.#bytes.readUInt32BE(this.#at);
    this.#at += 4;
    return value;
  }
  #counted(): Uint8Array {
    const length = this.#uint32();
    if (length === absent) return new Uint8Array();
    if (length > this.#bytes.length - this.#at) throw new RangeError('it is truncated');
    this.#at += length;
    return new Uint8Array(this.#bytes.subarray(this.#at - length, this.#at));
  }
}
