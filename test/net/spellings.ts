/** One IPv4 address in every spelling that a resolver or a URL parser takes for it, and inside IPv6. */
export function spellingsOf(address: string): readonly string[] {
  const [a, b, c, d] = address.split('.').map(Number) as [number, number, number, number];
  const whole = ((a * 256 + b) * 256 + c) * 256 + d;
  const hex = (...octets: number[]) => octets.map((octet) => octet.toString(16).padStart(2, '0')).join('');
  const [high, low] = [hex(a, b), hex(c, d)];
  const inverted = `${hex(a ^ 255, b ^ 255)}:${hex(c ^ 255, d ^ 255)}`;
  return [
    address,
    `${address}.`,
    `${whole}`,
    `0x${whole.toString(16)}`,
    `0X${whole.toString(16).toUpperCase()}`,
    `0${whole.toString(8)}`,
    `${a}.${b}.${c * 256 + d}`,
    `${a}.${(b * 256 + c) * 256 + d}`,
    `0x${a.toString(16)}.0${b.toString(8)}.${c}.0x${d.toString(16)}`,
    `0${a.toString(8)}.0${b.toString(8)}.0${c.toString(8)}.0${d.toString(8)}`,
    `::ffff:${address}`,
    `[::ffff:${high}:${low}]`,
    `0:0:0:0:0:FFFF:${high}:${low}`,
    `::ffff:${high}:${low}%eth0`,
    `::${high}:${low}`,
    `::${address}`,
    `::ffff:0:${high}:${low}`,
    `64:ff9b::${high}:${low}`,
    `64:ff9b::${address}`,
    `64:ff9b:1::${high}:${low}`,
    `64:ff9b:1:${hex(a, b)}:${hex(0, c)}:${hex(d, 0)}::`,
    `64:ff9b:1:${hex(1, a)}:${hex(0, b)}:${hex(c, d)}::`,
    `64:ff9b:1:1:${hex(0, a)}:${hex(b, c)}:${hex(d, 0)}:0`,
    `2002:${high}:${low}::1`,
    `2001:0:${high}:${low}:0:0:f7f7:f7f7`,
    `2001:0:808:808:0:0:${inverted}`,
    `2001:db8::5efe:${high}:${low}`,
    `2001:db8::200:5efe:${address}`,
  ];
}
