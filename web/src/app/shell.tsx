import { Outlet, useRouterState } from '@tanstack/react-router';
import { useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { Dialog as AriaDialog, DialogTrigger, Popover } from 'react-aria-components';
import { Button } from '../components/button.tsx';
import { RadioField } from '../components/forms/fields.tsx';
import { Icon } from '../components/icons.tsx';
import { PageLink } from '../components/link.tsx';
import { DiscardDialog } from '../components/overlays/discard-dialog.tsx';
import { LockOutDialog } from '../components/overlays/lock-out-dialog.tsx';
import { Message } from '../components/states.tsx';
import { Toasts } from '../components/toasts.tsx';
import { signOut, switchAccount } from '../graph/session.ts';
import { useMe } from './me.tsx';
import { type NavigationEntry, navigation } from './navigation.ts';
import { pages } from './pages.ts';
import { RightsContext } from './roles.ts';
import { useTheme } from './theme.ts';

/** The frame of every page: header, navigation, contents. */
export function Shell() {
  const [isNavOpen, setNavOpen] = useState(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: on a phone the navigation closes when a page opens.
  useEffect(() => setNavOpen(false), [path]);
  // The page that is shown, which follows the address: for style sheets, and for programs that drive a browser.
  const pagePath = useRouterState({ select: ({ matches }) => matches.at(-1)?.pathname });
  const { tenant } = useMe();
  return (
    <div className={isNavOpen ? 'shell shell-nav-open' : 'shell'}>
      <a className="skip" href="#main">
        Skip to main content
      </a>
      <header className="top">
        <span className="nav-toggle">
          <Button
            kind="subtle"
            icon={isNavOpen ? 'close' : 'menu'}
            label="Navigation"
            onPress={() => setNavOpen(!isNavOpen)}
          />
        </span>
        <PageLink to="/" className="brand">
          {tenant.displayName} <span className="brand-product">Admin center</span>
        </PageLink>
        <AccountMenu />
      </header>
      <Navigation path={path.replace(/^\/admin/, '') || '/'} />
      <main id="main" className="main" tabIndex={-1} data-page={pagePath}>
        <Offline />
        <Outlet />
      </main>
      <Toasts />
      <LockOutDialog />
      <DiscardDialog />
    </div>
  );
}

const exists = (path: string) => pages.some((page) => page.path === path);

function Navigation({ path }: { readonly path: string }) {
  const rights = useContext(RightsContext);
  const isVisible = ({ areas, path: target }: NavigationEntry) =>
    exists(target) && (!areas || areas.some((area) => rights.has(area)));
  const isCurrent = (entry: NavigationEntry) =>
    entry.path === '/' ? path === '/' : path === entry.path || path.startsWith(`${entry.path}/`);
  const groups = navigation.map((group) => ({ ...group, entries: group.entries.filter(isVisible) }));
  return (
    <nav className="nav" aria-label="Admin center">
      {groups
        .filter(({ entries }) => entries.length > 0)
        .map(({ title, entries }) => (
          <div key={title ?? ''} className="nav-group">
            {title && <p className="nav-title">{title}</p>}
            <ul>
              {entries.map((entry) => (
                <li key={entry.path}>
                  <PageLink to={entry.path} className="nav-link" current={isCurrent(entry) ? 'page' : undefined}>
                    {entry.icon && <Icon name={entry.icon} />}
                    {entry.title}
                  </PageLink>
                </li>
              ))}
            </ul>
          </div>
        ))}
    </nav>
  );
}

function AccountMenu() {
  const me = useMe();
  const [theme, choose] = useTheme();
  const letters = me.name
    .split(/\s+/)
    .map((part) => part[0])
    .slice(0, 2)
    .join('');
  return (
    <DialogTrigger>
      <span className="account-button">
        <Button kind="subtle">
          <span className="visually-hidden">Account </span>
          <span className="account-name">{me.username}</span>
          <span className="avatar" aria-hidden="true">
            {letters}
          </span>
        </Button>
      </span>
      <Popover className="popover account" placement="bottom end">
        <AriaDialog aria-label="Account" className="account-body">
          <p>
            <strong>{me.name}</strong>
            <br />
            <span className="break">{me.username}</span>
            <br />
            <span className="faint">{me.tenant.displayName}</span>
          </p>
          <p className="faint">{me.roles.length > 0 ? me.roles.join(', ') : 'No directory role'}</p>
          <RadioField
            label="Theme"
            value={theme}
            onChange={choose}
            choices={[
              { id: 'system', label: 'As the system' },
              { id: 'light', label: 'Light' },
              { id: 'dark', label: 'Dark' },
            ]}
          />
          <p>
            <a className="link" href="/myapps">
              My Apps
            </a>{' '}
            <a className="link" href="/security-info">
              My security info
            </a>
          </p>
          <div className="row">
            <Button onPress={switchAccount}>Switch account</Button>
            <Button onPress={signOut}>Sign out</Button>
          </div>
        </AriaDialog>
      </Popover>
    </DialogTrigger>
  );
}

function listenToConnection(listener: () => void): () => void {
  addEventListener('online', listener);
  addEventListener('offline', listener);
  return () => {
    removeEventListener('online', listener);
    removeEventListener('offline', listener);
  };
}

function Offline() {
  const isOnline = useSyncExternalStore(listenToConnection, () => navigator.onLine);
  return isOnline ? null : (
    <Message tone="warning" title="You are offline." isAlert>
      This page may be out of date. You cannot make changes until the connection is restored.
    </Message>
  );
}
