import { type ReactNode, useEffect, useRef } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { Button } from '../button.tsx';
import { useAddressState } from '../data/list-state.ts';
import { usePartOfPage } from '../forms/unsaved.ts';
import type { IconName } from '../icons.tsx';
import { PageLink } from '../link.tsx';
import { HeadingContext } from '../states.tsx';
import { useInSight } from './in-sight.ts';

interface PageProps {
  readonly title: string;
  readonly description?: ReactNode;
  /** The pages above this one. */
  readonly above?: readonly { readonly title: string; readonly to: string }[];
  readonly commands?: ReactNode;
  readonly children: ReactNode;
}

/** The frame of a page: the way back, the heading, the command bar, the contents. */
export function Page({ title, description, above = [], commands, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Admin center`;
  }, [title]);
  useEffect(() => {
    // A screen reader begins at the heading of the new page.
    if (document.activeElement === document.body || document.activeElement?.closest('.nav'))
      heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <HeadingContext value={true}>
      <div className="page">
        {above.length > 0 && (
          <nav aria-label="Breadcrumb">
            <ol className="breadcrumb">
              {above.map((item) => (
                <li key={item.to}>
                  <PageLink to={item.to}>{item.title}</PageLink>
                </li>
              ))}
              <li aria-current="page">{title}</li>
            </ol>
          </nav>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {description && <div className="page-description">{description}</div>}
        {commands && <div className="command-bar">{commands}</div>}
        {children}
      </div>
    </HeadingContext>
  );
}

interface CommandProps {
  readonly icon: IconName;
  readonly children: string;
  readonly onPress: () => unknown;
  readonly isDisabled?: boolean;
  readonly isPending?: boolean;
}

/** A command of the command bar. */
export const Command = (props: CommandProps) => <Button kind="subtle" {...props} />;

/** A tab of a page: its id is in the address. */
export interface PageTab {
  readonly id: string;
  readonly title: string;
  readonly content: () => ReactNode;
}

/**
 * Tabs of a page; the selected one is in the address as `tab`, and only its contents are made. A change of tab asks about
 * edits in the tab that were not saved.
 */
export function PageTabs({
  label,
  tabs,
  name = 'tab',
}: {
  readonly label: string;
  readonly tabs: readonly PageTab[];
  readonly name?: string;
}) {
  const [id, setId] = useAddressState(name, tabs[0]!.id);
  const { PartFrame, part, leave } = usePartOfPage();
  const list = useInSight(showSelected, id);
  const tabId = tabs.some((tab) => tab.id === id) ? id : tabs[0]!.id;
  return (
    <Tabs className="tabs" selectedKey={tabId} onSelectionChange={(key) => leave(() => setId(String(key)))}>
      <TabList ref={list} className="tab-list" aria-label={label}>
        {tabs.map((tab) => (
          <Tab key={tab.id} id={tab.id} className="tab">
            {tab.title}
          </Tab>
        ))}
      </TabList>
      {tabs.map((tab) => (
        <TabPanel key={tab.id} id={tab.id} className="tab-panel">
          <PartFrame value={part}>{tab.content()}</PartFrame>
        </TabPanel>
      ))}
    </Tabs>
  );
}

/** Scrolls the tabs so that the selected one is in sight, with a part of the one before it. */
function showSelected(list: HTMLElement): void {
  const tab = list.querySelector('[aria-selected=true]');
  if (tab) list.scrollLeft += tab.getBoundingClientRect().left - list.getBoundingClientRect().left - 48;
}

/** A part of a page with a heading. */
export function Section({
  title,
  children,
  actions,
}: {
  readonly title: string;
  readonly children: ReactNode;
  readonly actions?: ReactNode;
}) {
  return (
    <section className="section">
      <div className="section-header">
        <h2>{title}</h2>
        {actions}
      </div>
      {children}
    </section>
  );
}
