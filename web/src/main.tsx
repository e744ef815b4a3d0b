import 'virtual:fluent-tokens.css';
import './styles/base.css';
import './styles/components.css';
import './styles/grid.css';
import './styles/shell.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode, useEffect } from 'react';
import { I18nProvider } from 'react-aria-components';
import { createRoot } from 'react-dom/client';
import { loadPagesWhenIdle } from './app/lazy-page.tsx';
import { MeProvider } from './app/me.tsx';
import { router } from './app/router.tsx';
import { applyTheme } from './app/theme.ts';
import { Button } from './components/button.tsx';
import { EmptyState, Loading } from './components/states.tsx';
import { queryClient } from './graph/queries.ts';
import { openSession, type SignedIn, signIn } from './graph/session.ts';

applyTheme();
const root = createRoot(document.getElementById('root')!);
root.render(<Loading what="Opening the admin center" />);

openSession().then(
  (user) => root.render(user ? <App user={user} /> : <SignedOut />),
  (problem: Error) => root.render(<SignInFailed problem={problem} />),
);

function App({ user }: { readonly user: SignedIn }) {
  useEffect(loadPagesWhenIdle, []);
  return (
    <StrictMode>
      <I18nProvider locale="en-US">
        <QueryClientProvider client={queryClient}>
          <MeProvider user={user}>
            <RouterProvider router={router} />
          </MeProvider>
        </QueryClientProvider>
      </I18nProvider>
    </StrictMode>
  );
}

function SignedOut() {
  return (
    <main className="outside">
      <EmptyState
        icon="person"
        title="You are signed out"
        actions={
          <Button kind="primary" onPress={signIn}>
            Sign in
          </Button>
        }
      />
    </main>
  );
}

function SignInFailed({ problem }: { readonly problem: Error }) {
  return (
    <main className="outside">
      <div role="alert">
        <EmptyState
          icon="error"
          title="The sign-in did not succeed"
          actions={
            <Button kind="primary" onPress={signIn}>
              Try again
            </Button>
          }
        >
          <p>{problem.message}</p>
        </EmptyState>
      </div>
    </main>
  );
}
