import { Page, PageTabs } from '../../components/layout/page.tsx';
import { LowAffinity } from './low-affinity.tsx';
import { Registration } from './registration.tsx';
import { SignInsByAssurance } from './sign-ins.tsx';
import { StaleValuesReport } from './stale-values.tsx';

export default function AssurancePage() {
  return (
    <Page
      title="Assurance report"
      description="How strong sign-ins are, and which users are bound by values that can be reused."
    >
      <PageTabs
        label="Parts of the report"
        tabs={[
          { id: 'sign-ins', title: 'Sign-ins', content: () => <SignInsByAssurance /> },
          { id: 'bindings', title: 'Low-affinity bindings', content: () => <LowAffinity /> },
          { id: 'stale', title: 'Stale values', content: () => <StaleValuesReport /> },
          { id: 'registration', title: 'Registered methods', content: () => <Registration /> },
        ]}
      />
    </Page>
  );
}
