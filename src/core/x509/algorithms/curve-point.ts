/** y² = x³ + ax + b over the integers modulo p (SEC 2 §2.4.2, §2.5.1, §2.6.1; RFC 5639 §3.4, §3.6, §3.7). Each p is 3 modulo 4. */
interface WeierstrassCurve {
  /** Octets of one coordinate. */
  readonly size: number;
  readonly p: bigint;
  /** -3 unless stated. */
  readonly a?: bigint;
  readonly b: bigint;
}

/** The curves that a policy may name, by OpenSSL's names. */
const weierstrassCurves: Readonly<Record<string, WeierstrassCurve>> = {
  prime256v1: {
    size: 32,
    p: (1n << 256n) - (1n << 224n) + (1n << 192n) + (1n << 96n) - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  secp384r1: {
    size: 48,
    p: (1n << 384n) - (1n << 128n) - (1n << 96n) + (1n << 32n) - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
  secp521r1: {
    size: 66,
    p: (1n << 521n) - 1n,
    b: 0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
  },
  brainpoolP256r1: {
    size: 32,
    p: 0xa9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377n,
    a: 0x7d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9n,
    b: 0x26dc5c6ce94a4b44f330b5d9bbd77cbf958416295cf7e1ce6bccdc18ff8c07b6n,
  },
  brainpoolP384r1: {
    size: 48,
    p: 0x8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53n,
    a: 0x7bc382c63d8c150c3c72080ace05afa0c2bea28e4fb22787139165efba91f90f8aa5814a503ad4eb04a8c7dd22ce2826n,
    b: 0x4a8c7dd22ce28268b39b55416f0447c2fb77de107dcd2a62e880ea53eeb62d57cb4390295dbc9943ab78696fa504c11n,
  },
  brainpoolP512r1: {
    size: 64,
    p: 0xaadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f3n,
    a: 0x7830a3318b603b89e2327145ac234cc594cbdd8d3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94can,
    b: 0x3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94cadc083e67984050b75ebae5dd2809bd638016f723n,
  },
};

/** ax² + y² = 1 + dx²y² over the integers modulo p (RFC 8032 §5.1, §5.2). */
interface EdwardsCurve {
  readonly size: number;
  readonly p: bigint;
  readonly a: 1n | -1n;
  readonly d: bigint;
}

const edwardsCurves: Readonly<Record<string, EdwardsCurve>> = {
  ed25519: {
    size: 32,
    p: (1n << 255n) - 19n,
    a: -1n,
    d: 37095705934669439343138083508754565189542113879843219016388785533085940283555n,
  },
  ed448: { size: 57, p: (1n << 448n) - (1n << 224n) - 1n, a: 1n, d: -39081n },
};

/**
 * Why these octets are no public key on the curve (RFC 5480 §2.2, SEC 1 §3.2.2.1), undefined where they are one or the
 * curve is not known here. A point is uncompressed or compressed; one octet 00 is the point at infinity.
 */
export function weierstrassFlaw(curveName: string, point: Uint8Array): string | undefined {
  const curve = weierstrassCurves[curveName];
  if (!curve) return undefined;
  if (point.length === 1 && point[0] === 0) return 'EC point at infinity';
  const isCompressed = point[0] === 2 || point[0] === 3;
  if (!isCompressed && point[0] !== 4) return 'EC point of another form or length';
  if (point.length !== 1 + (isCompressed ? 1 : 2) * curve.size) return 'EC point of another form or length';
  const x = numberOf(point.subarray(1, 1 + curve.size));
  const y = isCompressed ? undefined : numberOf(point.subarray(1 + curve.size));
  return isOnCurve(curve, x, y) ? undefined : 'EC point is not on its curve';
}

/** Without `y`: is there any for this `x`? */
function isOnCurve({ p, a = -3n, b }: WeierstrassCurve, x: bigint, y: bigint | undefined): boolean {
  if (x >= p || (y !== undefined && y >= p)) return false;
  const square = modulo(x * x * x + a * x + b, p);
  return y === undefined ? isSquare(square, p) : (y * y) % p === square;
}

/**
 * Why these octets are no public key of EdDSA (RFC 8032 §5.1.3, §5.2.3), undefined where they are one. A point of small
 * order is refused too: signatures made without a key are valid under it.
 */
export function edwardsFlaw(type: string, key: Uint8Array): string | undefined {
  const curve = edwardsCurves[type];
  if (!curve) return undefined;
  if (key.length !== curve.size) return `${type} key of ${key.length} octets`;
  const { p, a, d } = curve;
  const bits = numberOf(key.toReversed());
  const y = bits & ((1n << BigInt(8 * key.length - 1)) - 1n);
  if (y >= p) return `${type} point is not on its curve`;
  const y2 = (y * y) % p;
  // x² = u / v, which is a square exactly where uv is one.
  const [u, v] = [1n - y2, a - d * y2];
  if (!isSquare(modulo(u * v, p), p)) return `${type} point is not on its curve`;
  return hasSmallOrder(curve, y, y2) ? `${type} point of small order` : undefined;
}

/** Order 1 and 2 have x = 0, order 4 has y = 0 (its double has x = 0), and the double of order 8 has y = 0: y² = ax². */
function hasSmallOrder({ p, a, d }: EdwardsCurve, y: bigint, y2: bigint): boolean {
  if (y === 0n || y2 === 1n) return true;
  return a === -1n && modulo(d * y2 * y2 + 2n * y2 - 1n, p) === 0n;
}

const numberOf = (octets: Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('hex')}`);
const modulo = (n: bigint, p: bigint): bigint => ((n % p) + p) % p;

/**
 * Whether `n`, from 0 to p − 1, is a square modulo the prime `p`: the Jacobi symbol (n/p) by the law of quadratic reciprocity (FIPS
 * 186-4 appendix C.5), which takes a seventh of the time of Euler's criterion.
 */
function isSquare(n: bigint, p: bigint): boolean {
  let [numerator, denominator, isNegative] = [n, p, false];
  while (numerator !== 0n) {
    const eighth = denominator & 7n;
    while ((numerator & 1n) === 0n) {
      numerator >>= 1n;
      if (eighth === 3n || eighth === 5n) isNegative = !isNegative;
    }
    if ((numerator & denominator & 3n) === 3n) isNegative = !isNegative;
    [numerator, denominator] = [denominator % numerator, numerator];
  }
  return !isNegative;
}
