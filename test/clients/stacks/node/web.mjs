// passport-azure-ad's OIDCStrategy: a web application with the hybrid flow and a posted answer.
import express from 'express';
import session from 'express-session';
import passport from 'passport';
import { OIDCStrategy } from 'passport-azure-ad';

const { metadata, clientId, secret, redirectUri, port } = JSON.parse(process.argv[2]);
const options = {
  identityMetadata: metadata,
  clientID: clientId,
  clientSecret: secret,
  responseType: 'code id_token',
  responseMode: 'form_post',
  redirectUrl: redirectUri,
  allowHttpForRedirectUrl: true,
  passReqToCallback: false,
  scope: ['profile', 'email', 'offline_access'],
  loggingLevel: 'error',
  nonceLifetime: null,
  nonceMaxAmount: 5,
};
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));
passport.use(
  new OIDCStrategy(options, (iss, sub, profile, accessToken, refreshToken, done) =>
    done(null, {
      iss,
      sub,
      oid: profile.oid,
      upn: profile.upn,
      tokens: [accessToken, refreshToken].filter(Boolean).length,
    }),
  ),
);
const app = express();
app.use(session({ secret: 'a secret of the test', resave: true, saveUninitialized: false }));
app.use(express.urlencoded({ extended: true }));
app.use(passport.initialize());
app.use(passport.session());
const signIn = passport.authenticate('azuread-openidconnect', { failureRedirect: '/failed' });
app.get('/login', signIn, (_, response) => response.redirect('/'));
app.post(new URL(redirectUri).pathname, signIn, (_, response) => response.redirect('/'));
app.get('/failed', (_, response) => response.status(401).json({ user: null }));
app.get('/', (request, response) => response.json({ user: request.user ?? null }));
app.listen(port, '127.0.0.1', () => console.log(`listening ${port}`));
