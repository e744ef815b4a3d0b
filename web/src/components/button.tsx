import type { ReactNode } from 'react';
import { Button as AriaButton, Tooltip, TooltipTrigger } from 'react-aria-components';
import { Icon, type IconName } from './icons.tsx';

interface ButtonProps {
  readonly children?: ReactNode;
  readonly kind?: 'primary' | 'secondary' | 'subtle' | 'danger';
  readonly icon?: IconName;
  /** The name of a button that shows an icon alone. */
  readonly label?: string;
  readonly onPress?: () => unknown;
  readonly type?: 'button' | 'submit';
  readonly isDisabled?: boolean;
  /** Work is under way: the button stays where it is and says so. */
  readonly isPending?: boolean;
  readonly slot?: string;
}

/** A button. One with an icon alone has a tooltip with its name. */
export function Button(props: ButtonProps) {
  const { children, kind = 'secondary', icon, label, onPress, isPending = false, ...rest } = props;
  const isIconAlone = children === undefined;
  const button = (
    <AriaButton
      {...rest}
      className={`button button-${kind}${isIconAlone ? ' button-icon' : ''}${isPending ? ' button-pending' : ''}`}
      {...(label !== undefined && { 'aria-label': label })}
      {...(onPress && { onPress: () => void (isPending || onPress()) })}
    >
      {icon && <Icon name={icon} />}
      {children !== undefined && <span>{children}</span>}
      {isPending && <span className="visually-hidden">, in progress</span>}
    </AriaButton>
  );
  if (!isIconAlone) return button;
  return (
    <TooltipTrigger delay={500}>
      {button}
      <Tooltip className="tooltip">{label}</Tooltip>
    </TooltipTrigger>
  );
}
