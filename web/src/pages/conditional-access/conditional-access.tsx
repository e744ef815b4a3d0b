import { Page, PageTabs } from '../../components/layout/page.tsx';
import { ContextsTab } from './contexts-tab.tsx';
import { DeletedTab } from './deleted-tab.tsx';
import { LocationsTab } from './locations-tab.tsx';
import { PoliciesTab } from './policies-tab.tsx';
import { StrengthsTab } from './strengths-tab.tsx';
import { WhatIfTab } from './what-if-tab.tsx';

export default function ConditionalAccessPage() {
  return (
    <Page
      title="Conditional Access"
      description="Policies that decide, after the first factor, who can use an application, from which locations, with which authentication methods, and for how long."
    >
      <PageTabs
        label="Conditional Access"
        tabs={[
          { id: 'policies', title: 'Policies', content: () => <PoliciesTab /> },
          { id: 'locations', title: 'Named locations', content: () => <LocationsTab /> },
          { id: 'strengths', title: 'Authentication strengths', content: () => <StrengthsTab /> },
          { id: 'contexts', title: 'Authentication contexts', content: () => <ContextsTab /> },
          { id: 'what-if', title: 'What If', content: () => <WhatIfTab /> },
          { id: 'deleted', title: 'Deleted', content: () => <DeletedTab /> },
        ]}
      />
    </Page>
  );
}
