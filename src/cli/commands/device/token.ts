import { z } from 'zod';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { fault } from '#core/trace/fault.ts';
import { type Call, type Command, text } from '../../command.ts';
import { requestAccessToken, type WantedToken } from '../../device/broker/token-use.ts';
import { contextOf, deviceOptions, sessionOptions, withBroker } from '../../device/options/context.ts';
import { answerIn } from '../../device/wire/json.ts';

export const deviceToken: Command = {
  usage: 'device token',
  summary:
    'Gets an access token of an application with a primary refresh token, and prints it. Evaluates Conditional Access;\nthe exit code is 3 if it refuses or requires more than the device can prove.',
  takes: [0, 0],
  options: {
    resource: {
      type: 'string',
      value: 'URI',
      help: 'The API, on the v1 endpoint: an application id or an identifier URI.',
    },
    scope: { type: 'string', value: 'TEXT', help: 'Scopes, on the v2.0 endpoint.' },
    'client-id': { type: 'string', value: 'ID', help: 'The application (default: the command line itself).' },
    'redirect-uri': {
      type: 'string',
      value: 'URI',
      help: 'Redirect URI of the application (default: the redirect URI of the broker).',
    },
    ...sessionOptions,
    ...deviceOptions,
  },
  local: true,
  readsOnly: true,
  async run(call) {
    const context = contextOf(call);
    const wantedToken = wantedOf(call);
    const answer = await withBroker(call, context, (broker) =>
      requestAccessToken(broker, context.state.token(text(call, 'kind'), text(call, 'user')), wantedToken),
    );
    const shape = z.object({ access_token: z.string().min(1) });
    const { access_token: accessToken } = answerIn(shape, answer, 'an access token');
    call.output.say(call.values.json ? `${JSON.stringify(answer, null, 2)}\n` : `${accessToken}\n`);
    return 0;
  },
};

function wantedOf(call: Call): WantedToken {
  const [resource, scope] = [text(call, 'resource'), text(call, 'scope')];
  if ((resource === undefined) === (scope === undefined))
    throw fault('commandMisused', { problem: 'Specify the API with either --resource or --scope.' });
  return {
    clientId: text(call, 'client-id') ?? commandLineApplication.appId,
    redirectUri: text(call, 'redirect-uri'),
    target: resource === undefined ? { scope: scope! } : { resource },
  };
}
