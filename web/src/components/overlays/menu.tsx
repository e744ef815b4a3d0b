import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { Button } from '../button.tsx';
import { Icon, type IconName } from '../icons.tsx';

/** One action of a menu. */
export interface MenuAction {
  readonly label: string;
  readonly icon?: IconName;
  readonly onPress: () => unknown;
  readonly isDisabled?: boolean;
}

/** A button that opens a menu of actions. */
export function MenuButton({
  label,
  icon = 'more',
  text,
  actions,
}: {
  readonly label: string;
  readonly icon?: IconName;
  readonly text?: string;
  readonly actions: readonly MenuAction[];
}) {
  return (
    <MenuTrigger>
      {text === undefined ? (
        <Button kind="subtle" icon={icon} label={label} />
      ) : (
        <Button kind="subtle" icon={icon} label={label}>
          {text}
        </Button>
      )}
      <Popover className="popover">
        <AriaMenu className="menu" aria-label={label}>
          {actions.map((action) => (
            <MenuItem
              key={action.label}
              id={action.label}
              className="menu-item"
              textValue={action.label}
              isDisabled={action.isDisabled ?? false}
              onAction={() => void action.onPress()}
            >
              {action.icon && <Icon name={action.icon} />}
              {action.label}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
