import { type ReactNode, useEffect, useState } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { type SignInChange, useSignInEffect } from '../../graph/sign-in-change.ts';
import { Button } from '../button.tsx';
import { SignInEffectPanel } from '../data/sign-in-effect.tsx';
import { CheckboxField, TextInput } from '../forms/fields.tsx';
import { usePartOfPage } from '../forms/unsaved.ts';
import { ChangeProblem } from '../problems.tsx';
import { RequestView } from './request-view.tsx';

interface FrameProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly footer?: ReactNode;
}

/** A panel at the side, for details and forms beside a list. */
export const SidePanel = (props: FrameProps & { readonly isWide?: boolean }) => (
  <Frame {...props} className={props.isWide ? 'panel panel-wide' : 'panel'} role="dialog" />
);

/** A dialog in the middle. */
export const Dialog = (props: FrameProps) => <Frame {...props} className="dialog" role="dialog" />;

function Frame({
  title,
  isOpen,
  onClose,
  children,
  footer,
  className,
  role,
}: FrameProps & { readonly className: string; readonly role: 'dialog' | 'alertdialog' }) {
  const { PartFrame, part, leave } = usePartOfPage();
  return (
    <ModalOverlay
      className={`overlay overlay-${className.split(' ')[0]}`}
      isOpen={isOpen}
      onOpenChange={(open) => !open && leave(onClose)}
      isDismissable={role === 'dialog'}
    >
      <Modal className={className}>
        <AriaDialog className="dialog-body" role={role}>
          <header className="dialog-header">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            <Button kind="subtle" icon="close" label="Close" onPress={() => leave(onClose)} />
          </header>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by the keyboard. */}
          <section className="dialog-content" tabIndex={0} aria-label={title}>
            <PartFrame value={part}>{children}</PartFrame>
          </section>
          {footer && <footer className="dialog-footer">{footer}</footer>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** The part of a mutation that a dialog looks at. What decides who may sign in is a `useSignInChange`. */
export interface DialogChange extends Partial<SignInChange> {
  readonly isPending: boolean;
  readonly error: Error | null;
  reset(): void;
}

interface ConfirmProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children?: ReactNode;
  /** The verb of the button. */
  readonly action: string;
  /** The verb of the button that does nothing. */
  readonly cancel?: string;
  readonly isDanger?: boolean;
  /** What must be typed before the button works: the name of what will be deleted. */
  readonly typed?: string;
  /** What must be acknowledged, one box each. */
  readonly acknowledgements?: readonly string[];
  readonly onConfirm: () => unknown;
  /** The change that `onConfirm` begins: its problem is shown here. */
  readonly change: DialogChange;
}

/** Asks before something is done. It stays open until the work has succeeded; close it in `onDone` of the change. */
export function ConfirmDialog(props: ConfirmProps) {
  return props.isOpen ? <OpenConfirmDialog {...props} /> : null;
}

function OpenConfirmDialog({
  title,
  onClose,
  children,
  action,
  cancel = 'Cancel',
  isDanger = false,
  typed,
  acknowledgements = [],
  onConfirm,
  change,
}: ConfirmProps) {
  const effect = useSignInEffect(change);
  const requestKey = JSON.stringify(change.requests);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another change is another question.
  useEffect(() => void effect.run(), [requestKey]);
  const isKnown = !change.requests || effect.answer !== undefined || effect.error !== null;
  const [text, setText] = useState('');
  const [boxes, setBoxes] = useState<readonly string[]>([]);
  const isReady =
    (typed === undefined || text.trim() === typed) && acknowledgements.every((box) => boxes.includes(box));
  const close = () => {
    change.reset();
    onClose();
  };
  const footer = (
    <>
      <Button
        kind={isDanger ? 'danger' : 'primary'}
        isDisabled={!isReady || !isKnown}
        isPending={change.isPending}
        onPress={onConfirm}
      >
        {action}
      </Button>
      <Button onPress={close}>{cancel}</Button>
    </>
  );
  return (
    <Frame title={title} isOpen onClose={close} footer={footer} className="dialog" role="alertdialog">
      {children}
      {acknowledgements.map((box) => (
        <CheckboxField
          key={box}
          label={box}
          isSelected={boxes.includes(box)}
          onChange={(is) => setBoxes(is ? [...boxes, box] : boxes.filter((other) => other !== box))}
        />
      ))}
      {typed !== undefined && <TextInput label={`Type "${typed}" to confirm`} value={text} onChange={setText} />}
      <SignInEffectPanel effect={change.error ? { ...effect, error: null } : effect} />
      <RequestView requests={change.requests} />
      <ChangeProblem problem={change.error} />
    </Frame>
  );
}
