import { type Branding, type BrandingChange, brandingOf, changeBranding } from '#admin/tenant/branding.ts';
import { chosenTenant } from '#admin/tenant/tenants.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { actor } from '../../actor.ts';
import { answer, type Call, type Command, ofTenant, text } from '../../command.ts';

export const tenantBrand: Command = {
  usage: 'tenant brand',
  summary: 'Shows or changes the branding of the sign-in pages of a tenant. An empty value ("") removes an element.',
  takes: [0, 0],
  options: {
    ...ofTenant,
    name: { type: 'string', value: 'TEXT', help: 'Name to show instead of the name of the tenant.' },
    text: { type: 'string', value: 'TEXT', help: 'Text below the form of the sign-in pages.' },
    background: { type: 'string', value: '#RRGGBB', help: 'Color of the page background.' },
    accent: { type: 'string', value: '#RRGGBB', help: 'Color of buttons and links.' },
    logo: { type: 'string', value: 'FILE', help: 'Logo: PNG, JPEG or WebP of at most 50 KB.' },
    'stay-signed-in': {
      type: 'string',
      value: 'ANSWER',
      choices: ['ask', 'never'],
      help: 'Whether the sign-in pages offer to stay signed in.',
    },
  },
  async run(call) {
    const { tenants, adminOf } = await call.open();
    const tenant = orThrow(await chosenTenant(text(call, 'tenant'), tenants));
    const { objects } = await adminOf(tenant.id);
    const change = await changeOf(call);
    const branding =
      Object.keys(change).length > 0
        ? orThrow(await changeBranding(change, { actor, ports: { objects, tenant } }))
        : await brandingOf({ objects });
    answer(call, branding, [['part', 'value'], ...rowsOf(branding)]);
    return 0;
  },
};

async function changeOf(call: Call): Promise<BrandingChange> {
  const [name, words, background, accent] = ['name', 'text', 'background', 'accent'].map((option) =>
    text(call, option),
  );
  const logo = text(call, 'logo');
  return {
    ...part('displayName', name),
    ...part('signInPageText', words),
    ...part('backgroundColor', background),
    ...part('accentColor', accent),
    ...(logo === undefined ? {} : { logo: logo === '' ? null : await call.files.read(logo) }),
    ...staying(text(call, 'stay-signed-in')),
  };
}

const part = <K extends keyof BrandingChange>(name: K, value: string | undefined) =>
  value === undefined ? {} : { [name]: value === '' ? null : value };

function staying(body: string | undefined): BrandingChange {
  if (body === undefined) return {};
  return { asksToStaySignedIn: body === 'ask' };
}

function rowsOf({ logo, ...parts }: Branding): readonly (readonly string[])[] {
  const rows = Object.entries(parts).map(([name, value]) => [name, String(value)]);
  return logo ? [...rows, ['logo', `${logo.mediaType}, SHA-256 ${logo.sha256}`]] : rows;
}
