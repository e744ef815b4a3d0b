import type { Hono } from 'hono';
import { html } from 'hono/html';
import { z } from 'zod';
import type { Language, Texts } from '#languages/language.ts';
import type { Brand, Markup } from '#pages/page.ts';
import { queryIn, readFields, text } from '#schema/form.ts';
import { type PortalBody, portal } from './portal.ts';
import type { RelyingParty, SignedIn } from './relying-party.ts';

/** Letters of a search. */
const longestSearch = 100;
const searchQuery = z.object({ q: text().transform((search = '') => search.slice(0, longestSearch)) });

/** A tile of My Apps. */
export interface Tile {
  readonly appId: string;
  readonly displayName: string;
  readonly homepage: string;
  readonly description: string | undefined;
  readonly collections: readonly string[];
  /** Path of its logo on the login host. */
  readonly logo: string | undefined;
  readonly lastUsedDateTime: Date | undefined;
}

/** The settings of My Apps: it knows its users by OpenID Connect alone. */
export interface LauncherOptions {
  tiles(user: { readonly tenantId: string; readonly userId: string }): Promise<readonly Tile[]>;
  /** Of a tenant; of the installation where none is known. */
  brandOf(tenantId: string | undefined): Promise<Brand>;
}

/** My Apps: the applications of a user, by collection, with a search. */
export function myApps(app: RelyingParty, { tiles, brandOf }: LauncherOptions): Hono {
  const body: PortalBody = async ({ claims }, language, url) => {
    const tileList = await tiles({ tenantId: String(claims.tid ?? ''), userId: String(claims.oid ?? '') });
    const search = readFields(searchQuery, queryIn(url.href))?.q ?? '';
    return html`<h1>${language.say.hello(String(claims.name ?? claims.preferred_username))}</h1>
${tileList.length === 0 ? html`<p>${language.say.noApplications}</p>` : launcher(tileList, search, language)}`;
  };
  return portal(app, { title: 'myApps', here: 'myApps', script: 'launcher', account, body, brandOf });
}

function launcher(tileList: readonly Tile[], search: string, language: Language): Markup {
  const { say } = language;
  const matches = tileList.filter((tile) => matchesOf(search, tile));
  return html`<form class="search" role="search" action="/myapps">
<label for="search">${say.searchApps}</label>
<input id="search" name="q" type="search" value="${search}" maxlength="${longestSearch}" autocomplete="off">
<button id="search-button" class="quiet">${say.search}</button>
</form>
<p role="status" id="matches" data-none="${say.noMatchingApp}">${matches.length === 0 ? say.noMatchingApp : ''}</p>
${groupsOf(matches, say).map(
  ([name, tiles]) => html`<section data-group>
<h2>${name}</h2>
<ul class="tiles">${tiles.map((tile) => tileOf(tile, language))}</ul>
</section>`,
)}`;
}

/** Every word that was typed is in the name, the description, the collections or the address. */
function matchesOf(search: string, { displayName, description, collections, homepage }: Tile): boolean {
  const text = foldCase([displayName, description ?? '', ...collections, new URL(homepage).host].join(' '));
  return foldCase(search)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

const foldCase = (text: string): string => text.toLocaleLowerCase().normalize('NFKD');

/** Collections in alphabetical order, then what is in none. A tile is in each of its collections. */
function groupsOf(tiles: readonly Tile[], say: Texts): readonly (readonly [string, readonly Tile[]])[] {
  const names = [...new Set(tiles.flatMap(({ collections }) => collections))].toSorted((a, b) => a.localeCompare(b));
  const groups = names.map((name) => [name, tiles.filter((tile) => tile.collections.includes(name))] as const);
  const rest = tiles.filter(({ collections }) => collections.length === 0);
  const restName = names.length === 0 ? say.yourApplications : say.otherApplications;
  return rest.length > 0 ? [...groups, [restName, rest] as const] : groups;
}

/** How many colors the style sheet has for signs. */
const signColours = 8;

function tileOf(tile: Tile, language: Language): Markup {
  const { appId, displayName, homepage, description, collections, lastUsedDateTime } = tile;
  const { say, tag } = language;
  const name = [displayName, description ?? '', ...collections, new URL(homepage).host].join(' ');
  const day = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeZone: 'UTC' });
  const facts = [description, lastUsedDateTime && say.lastUsed(day.format(lastUsedDateTime))].filter(Boolean);
  return html`<li data-name="${name}" data-app="${appId}"><a class="tile" href="${homepage}">
${signOf(tile)}
<span><bdi>${displayName}</bdi>${facts.map((fact) => html`<small>${fact}</small>`)}</span></a></li>`;
}

/** The logo, else the first letter on a color that stays the same. */
function signOf({ appId, displayName, logo }: Tile): Markup {
  if (logo) return html`<img class="sign" src="${logo}" alt="">`;
  const colour = Number.parseInt(appId.slice(0, 4), 16) % signColours || 0;
  return html`<span class="sign sign-${colour}" aria-hidden="true">${initialOf(displayName)}</span>`;
}

const initialOf = (name: string): string =>
  [...new Intl.Segmenter().segment(name.trim())][0]?.segment.toLocaleUpperCase() ?? '·';

/** What `amr` says in words (TOK-3): how the person proved who they are, and how strong that was. */
function account({ claims }: SignedIn, { say }: Language): Markup {
  const amr = Array.isArray(claims.amr) ? claims.amr.map(String) : [];
  const means = amr.includes('rsa')
    ? amr.includes('pwd')
      ? say.byPasswordAndCertificate
      : say.byCertificate
    : amr.includes('fido')
      ? say.byPasskey
      : say.byPassword;
  return html`<dl class="proof">
<dt>${say.means}</dt><dd id="means">${means}</dd>
<dt>${say.strength}</dt><dd id="strength">${amr.includes('mfa') ? say.multifactor : say.singleFactor}</dd>
</dl>
<p><a href="/myapps/switch">${say.useAnotherAccount}</a></p>`;
}
