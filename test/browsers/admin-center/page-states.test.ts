import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Request } from 'playwright-core';
import { databasesUnderTest } from '../../contract/databases.ts';
import { takePicture } from '../../e2e/chromium.ts';
import { GraphServer } from '../../graph/graph-server.ts';
import { until } from '../../until.ts';
import { AdminCenter, buildAdminCenter, skip } from './harness.ts';
import { routesOfSources, type StatePage, statePages } from './page-states.ts';

const postgres = databasesUnderTest()[1]!;

/** What the main part of a page shows. */
interface Sight {
  /** Its address, without what is behind the question mark. */
  readonly page: string;
  readonly heading: string;
  readonly text: string;
  readonly isReading: boolean;
  readonly alert: string;
  readonly buttons: readonly string[];
  readonly overflow: number;
}

const sight = `(() => {
  const main = document.querySelector('main');
  const words = (selector) => main?.querySelector(selector)?.textContent ?? '';
  const { scrollWidth, clientWidth } = document.documentElement;
  return {
    page: main?.dataset.page ?? '',
    heading: words('h1'),
    text: main?.textContent ?? '',
    isReading: main?.querySelector('.spinner, [aria-busy=true]') != null,
    alert: words('[role=alert]'),
    buttons: [...(main?.querySelectorAll('button:not([disabled])') ?? [])].map((button) => button.getAttribute('aria-label') ?? button.textContent),
    overflow: scrollWidth - clientWidth,
  };
})()`;

/** What the main part shows after the next change that leaves nothing being read, or after a tenth of a second. */
const sightAfterChange = `new Promise((done) => {
  const end = () => {
    watch.disconnect();
    clearTimeout(timer);
    done(${sight});
  };
  const watch = new MutationObserver(() => document.querySelector('main :is(.spinner, [aria-busy=true])') ?? end());
  watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  const timer = setTimeout(end, 100);
})`;

/** Buttons that change something. */
const changing =
  /^(New|Add|Create|Register|Upload|Delete|Remove|Save|Approve|Restore|Block|Switch|Edit|Reset|Revoke)\b/;

describe('every page of the admin center in every state', { skip }, () => {
  let admin: AdminCenter;
  let graph: GraphServer;
  let ids: Readonly<Record<string, string>> = {};
  const requests = new Set<Request>();

  before(async () => {
    buildAdminCenter();
    const place = postgres.missing ? undefined : await postgres.emptyPlace();
    graph = await GraphServer.start(place?.kind === 'postgres' ? { CARDEA_DATABASE_URL: place.url } : {});
    ids = await makeObjects(graph);
    await graph.role('Global Administrator', 'ben');
    admin = await AdminCenter.open('ben', graph.server);
    const { page } = admin;
    page.on('request', (request) => requests.add(request));
    page.on('requestfinished', (request) => requests.delete(request));
    page.on('requestfailed', (request) => requests.delete(request));
    await admin.signIn('ben@woodgrove.test', '/certificate-tester');
    await admin.heading('Certificate tester');
  });
  after(async () => {
    await admin?.close();
    await graph?.server.remove();
    postgres.end();
  });

  const addressOf = ({ path, object }: StatePage) => (object ? path.replace('$id', ids[object]!) : path);
  const look = () => admin.page.evaluate(sight) as Promise<Sight>;

  /** Goes to a page as a link does, with what the pages have read in their memory. */
  const go = (page: StatePage) => admin.push(addressOf(page));

  /** What a page shows once it is as it is to be. */
  async function shows(page: StatePage, isSo: (view: Sight) => boolean): Promise<Sight> {
    let view: Sight | undefined;
    return until(
      () => `${page.route}: ${JSON.stringify(view)} at ${admin.page.url()}`,
      async () => {
        view = (await admin.page.evaluate(view === undefined ? sight : sightAfterChange)) as Sight;
        return isOnPage(page, view) && isSo(view) && view;
      },
    );
  }
  /** Whether a page has taken the place of the one before. */
  const isOnPage = (page: StatePage, view: Sight) => view.page === addressOf(page).replace(/\?.*/, '');
  const isAtRest = ({ heading, isReading }: Sight) => heading !== '' && !isReading && requests.size === 0;

  /** Every page in one state; answers what is wrong, by its route. */
  async function eachPage(check: (page: StatePage) => Promise<string | undefined | false>): Promise<readonly string[]> {
    const problems: string[] = [];
    for (const page of statePages) {
      const problem = await check(page);
      if (problem) problems.push(`${page.route}: ${problem}`);
    }
    return problems;
  }

  /** Reads the pages again, so that they know nothing yet, at one that needs nothing of Graph. */
  async function openAnew(): Promise<void> {
    await admin.open('/certificate-tester', 'Certificate tester');
  }

  test('the table has every page', () => {
    assert.deepEqual(statePages.map(({ route }) => route).toSorted(), routesOfSources().toSorted());
  });

  test('while it is read, at 360 pixels in the dark theme, and by the keyboard', async () => {
    const { page } = admin;
    await page.setViewportSize({ width: 360, height: 800 });
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    const problems = await eachPage(async (each) => {
      let letGo = () => {};
      const hold = new Promise<void>((done) => {
        letGo = done;
      });
      await page.route(/\/(v1\.0|beta)\//, async (route) => {
        await hold;
        // The page may have given the request up meanwhile.
        await route.continue().catch(() => {});
      });
      const early = await go(each)
        .then(() => shows(each, () => true))
        .finally(letGo);
      await page.unroute(/\/(v1\.0|beta)\//);
      const view = await shows(each, (sight) => isAtRest(sight) && sight.heading === each.heading);
      await takePicture(page, `state-${each.route.replaceAll(/\W+/g, '-')}-dark-360`);
      if (!early.isReading && early.text !== view.text) return 'nothing says that it is being read';
      if (view.alert) return `an alert: ${view.alert}`;
      if (view.overflow > 0) return `${view.overflow} pixels wider than 360`;
      return keyboardProblem();
    });
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.emulateMedia({ colorScheme: 'light' });
    assert.deepEqual(problems, []);
  });

  /** What of the page the Tab key does not reach, or where the focus is not view. */
  async function keyboardProblem(): Promise<string | undefined> {
    const { page } = admin;
    const stopCount = (await page.evaluate(mark)) as number;
    let at = { left: stopCount, hasLeft: false, unseen: undefined as string | undefined };
    // A picker that has the focus offers more: the rest is requested after as many steps as there may be at least.
    for (let step = 0; step < 3 * stopCount + 100 && at.left > 0; ) {
      for (const end = step + at.left; step < end; step++) await page.keyboard.press('Tab');
      at = (await page.evaluate('window.focusSoFar')) as typeof at;
      if (at.hasLeft) break;
    }
    if (at.unseen !== undefined) return `the focus is not seen on ${at.unseen}`;
    return at.left > 0 ? `the keyboard does not reach ${await page.evaluate(missedStops)}` : undefined;
  }

  test('a service that is not available is explained, with a way to try again', {
    skip: postgres.missing ?? false,
  }, async () => {
    await admin.page.clock.install();
    await openAnew();
    postgres.server!.kill();
    try {
      const problems = await eachPage(async (each) => {
        if (each.readsNothing) return;
        await go(each);
        // A read is repeated twice, after the time that the answer names.
        const view = await until(`the problem of ${each.route}`, async () => {
          const sight = await look();
          if (!isOnPage(each, sight)) return undefined;
          if (sight.alert) return sight;
          if (requests.size === 0) await admin.page.clock.fastForward(11_000);
          return undefined;
        });
        return problemOf(view, /The service is not available|This may be out of date/);
      });
      assert.deepEqual(problems, []);
    } finally {
      await postgres.server!.start();
    }
  });

  test('a server that is not reached is explained, with a way to try again', async () => {
    await until('the database', async () => (await fetchStatus()) === 200);
    await openAnew();
    await graph.server.stop();
    try {
      const problems = await eachPage(async (each) => {
        if (each.readsNothing) return;
        await go(each);
        return problemOf(await shows(each, ({ alert }) => alert !== ''), /You are offline|This may be out of date/);
      });
      assert.deepEqual(problems, []);
    } finally {
      await graph.server.run();
    }
  });

  const fetchStatus = async () =>
    (await graph.send('GET', '/woodgrove.test/v2.0/.well-known/openid-configuration', undefined, {})).status;

  function problemOf({ alert, buttons, overflow }: Sight, words: RegExp): string | undefined {
    if (!words.test(alert)) return `the alert is "${alert}"`;
    if (!buttons.some((name) => /^(Try again|Read it again|Refresh)$/.test(name))) return 'nothing tries again';
    return overflow > 0 ? `${overflow} pixels too wide` : undefined;
  }

  test('a Global Reader sees each page, which roles may change it, and no button that changes anything', async () => {
    await graph.role('Global Reader', 'ben');
    await unassign('Global Administrator');
    await openAnew();
    const problems = await eachPage(async (each) => {
      await go(each);
      const view = await shows(each, (sight) => isAtRest(sight) && sight.heading === each.heading);
      if (view.alert) return `an alert: ${view.alert}`;
      const offers = each.changesNothing ? [] : view.buttons.filter((name) => changing.test(name));
      if (offers.length > 0) return `it offers ${offers.join(', ')}`;
      return !each.changesNothing && !/Read-only/.test(view.text) && 'it does not say that it is read-only';
    });
    assert.deepEqual(problems, []);
  });

  test('rights that were taken away meanwhile are explained by what Graph answers', async () => {
    await openAnew();
    await unassign('Global Reader');
    const problems = await eachPage(async (each) => {
      if (each.isForMembers || each.readsNothing) return;
      await go(each);
      const view = await shows(each, isAtRest);
      return !/You do not have access/.test(view.text) && `it shows ${view.text.slice(-300)}`;
    });
    assert.deepEqual(problems, []);
  });

  test('without a role, a page says which roles may see it', async () => {
    await admin.open('/', 'Overview');
    const problems = await eachPage(async (each) => {
      await go(each);
      const view = await shows(each, (sight) => !sight.isReading && sight.text !== '' && requests.size === 0);
      const isRefused = /You do not have access to this page.*You need one of these roles: /s.test(view.text);
      return isRefused === (each.isForMembers === true) && `it shows ${view.text.slice(-300)}`;
    });
    assert.deepEqual(problems, []);
  });

  async function unassign(role: string): Promise<void> {
    assert.equal((await graph.server.cardea('role', 'remove', role, 'ben@woodgrove.test')).err, '');
  }

  test('a tenant that has nothing yet says so on each page, and My Apps has no sample', async () => {
    const { page } = admin;
    const { server } = graph;
    const pass = await makeEmptyTenant(server);
    await page.context().clearCookies();
    await page.evaluate('sessionStorage.clear()');
    await page.goto(`${server.origin}/admin/certificate-tester`);
    await page.getByLabel('User name').fill('root@empty.test');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('link', { name: 'Other ways to sign in' }).click();
    const field = page.getByLabel('Temporary Access Pass');
    const link = page.getByRole('link', { name: 'Use a Temporary Access Pass' });
    await field.or(link).first().waitFor();
    if ((await field.count()) === 0) await link.click();
    await field.fill(pass);
    await field.press('Enter');
    await admin.heading('Certificate tester');
    const problems = await eachPage(async (each) => {
      if (each.object || each.empty === undefined) return;
      await go(each);
      const view = await shows(each, (sight) => isAtRest(sight) && sight.heading === each.heading);
      await takePicture(page, `state-${each.route.replaceAll(/\W+/g, '-')}-empty`);
      return !view.text.includes(each.empty) && `it shows ${view.text.slice(-300)}`;
    });
    assert.deepEqual(problems, []);
    await page.goto(`${server.origin}/myapps`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    assert.doesNotMatch(
      (await page.getByRole('main').textContent()) ?? '',
      /Sample application|Single-page application/,
    );
  });
});

/**
 * Marks what the Tab key should reach, puts the focus before it, and follows the focus from there. What has arrow keys is one
 * stop, of which any part counts. The button that clears a search has the key Escape.
 */
const mark = `(() => {
  const main = document.querySelector('main');
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true });
  const composite = '[role=grid], [role=tablist], [role=radiogroup], [role=toolbar], [role=listbox]';
  const controls = [...main.querySelectorAll('a[href], button, input, select, textarea, summary')].filter((element) =>
    !element.disabled && !element.matches('.search-clear') && element.type !== 'hidden' && element.closest('[aria-hidden=true]') === null && isShown(element.closest('label') ?? element));
  const stops = new Set(controls.map((element) => element.closest(composite) ?? element));
  const focus = { left: stops.size, hasLeft: false, unseen: undefined };
  const hasRing = (item) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(item);
    return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
  };
  const follow = () => {
    const element = document.activeElement;
    for (const stop of [...stops]) if (stop === element || stop.contains(element)) stops.delete(stop);
    focus.left = stops.size;
    if (focus.hasLeft || !main.contains(element)) return void (focus.hasLeft = true);
    const around = [element, element.nextElementSibling, element.parentElement, element.closest('label')].filter(Boolean);
    const isSeen = around.some(hasRing) || [...(element.closest('label')?.querySelectorAll('*') ?? [])].some(hasRing);
    if (!isSeen) focus.unseen ??= element.outerHTML.slice(0, 200);
  };
  main.focus();
  window.endFollow?.();
  document.addEventListener('keyup', follow);
  window.endFollow = () => document.removeEventListener('keyup', follow);
  window.stops = stops;
  window.focusSoFar = focus;
  return stops.size;
})()`;

const missedStops = `[...window.stops].map((element) => element.outerHTML.slice(0, 160)).join(' and ')`;

/** A tenant with one Global Administrator and nothing else. @returns the administrator's Temporary Access Pass */
async function makeEmptyTenant(server: GraphServer['server']): Promise<string> {
  const run = async (...words: readonly string[]) => {
    const { out, err } = await server.cardea(...words);
    assert.equal(err, '', words.join(' '));
    return out;
  };
  await run('tenant', 'add', 'empty.test');
  await run('user', 'add', 'root@empty.test', '--tenant', 'empty.test');
  await run('role', 'add', 'Global Administrator', 'root@empty.test', '--tenant', 'empty.test');
  const pass = await run('user', 'tap', 'root@empty.test', '--tenant', 'empty.test', '--json');
  return (JSON.parse(pass) as { temporaryAccessPass: string }).temporaryAccessPass;
}

/** One object of each kind that has a page, by Graph; answers their ids. */
async function makeObjects(graph: GraphServer): Promise<Readonly<Record<string, string>>> {
  const token = await graph.personToken(
    'ana',
    ...['Directory.ReadWrite.All', 'Directory.AccessAsUser.All', 'Application.ReadWrite.All'],
    ...[
      'Policy.Read.All',
      'Policy.ReadWrite.ConditionalAccess',
      'Policy.ReadWrite.HybridAuthentication',
      'PublicKeyInfrastructure.ReadWrite.All',
    ],
  );
  const make = async (path: string, body: object) => {
    const answer = await graph.call(token, 'POST', path, body);
    assert.equal(answer.status, 201, `${path} ${JSON.stringify(answer.body)}`);
    return answer.body as { readonly id: string; readonly appId: string };
  };
  const user = await graph.call(token, 'GET', '/users/cleo@woodgrove.test');
  const app = await make('/applications', { displayName: 'Timesheet' });
  const key = Buffer.from('a key of the laptop').toString('base64');
  const objects = {
    user: user.body as { readonly id: string },
    app,
    principal: await make('/servicePrincipals', { appId: app.appId }),
    group: await make('/groups', {
      displayName: 'Night shift',
      mailEnabled: false,
      mailNickname: 'night',
      securityEnabled: true,
    }),
    device: await make('/devices', {
      accountEnabled: true,
      alternativeSecurityIds: [{ type: 2, key, identityProvider: null }],
      deviceId: crypto.randomUUID(),
      displayName: 'Laptop',
      operatingSystem: 'Linux',
      operatingSystemVersion: '6.12',
    }),
    policy: await make('/identity/conditionalAccess/policies', {
      displayName: 'Cards alone',
      state: 'disabled',
      conditions: {
        users: { includeUsers: ['All'] },
        applications: { includeApplications: ['All'] },
        clientAppTypes: ['all'],
      },
      grantControls: { operator: 'OR', builtInControls: ['mfa'] },
    }),
    rollout: await make('/policies/featureRolloutPolicies', {
      displayName: 'Pilot',
      feature: 'certificateBasedAuthentication',
      isEnabled: false,
    }),
    pki: await make('/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations', { displayName: 'Cards' }),
  };
  return Object.fromEntries(Object.entries(objects).map(([name, { id }]) => [name, id]));
}
