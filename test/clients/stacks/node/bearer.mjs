// passport-azure-ad's BearerStrategy: an API that accepts access tokens.
import express from 'express';
import passport from 'passport';
import { BearerStrategy } from 'passport-azure-ad';

const { metadata, clientId, audience } = JSON.parse(process.argv[2]);
const options = { identityMetadata: metadata, clientID: clientId, audience, loggingLevel: 'error' };
passport.use(new BearerStrategy(options, (token, done) => done(null, token, token)));
const app = express();
app.use(passport.initialize());
app.get('/me', passport.authenticate('oauth-bearer', { session: false }), (request, response) =>
  response.json(request.authInfo),
);
const server = app.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
