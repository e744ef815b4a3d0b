// node-jws, on which many verifiers of tokens stand: reads and verifies a token.
import { createPublicKey } from 'node:crypto';
import jws from 'jws';

const { token, jwksUri } = JSON.parse(process.argv[2]);
const { header } = jws.decode(token);
const { keys } = await (await fetch(jwksUri)).json();
const key = createPublicKey({ key: keys.find(({ kid }) => kid === header.kid), format: 'jwk' });
const pem = key.export({ type: 'spki', format: 'pem' });
console.log(JSON.stringify({ verified: jws.verify(token, header.alg, pem), claims: jws.decode(token).payload }));
