/** One AttributeTypeAndValue. `value` is decoded text for the string types, else `#` and the hex of the DER. */
export interface Attribute {
  readonly type: string;
  readonly value: string;
}
/** A distinguished name in encoding order (RFC 5280 §4.1.2.4). */
export interface Name {
  readonly der: Uint8Array;
  readonly rdns: readonly (readonly Attribute[])[];
}
