import { DropZone, type FileDropItem, FileTrigger } from 'react-aria-components';
import { Button } from '../button.tsx';
import { useNotedEdit } from './unsaved.ts';

interface FileDropProps {
  readonly label: string;
  /** Endings that the file dialog offers: `.cer`, `.pem`. */
  readonly endings?: readonly string[];
  readonly isMultiple?: boolean;
  readonly onFiles: (files: File[]) => unknown;
}

/** Where files are dropped, or chosen with a button. */
export function FileDrop({ label, endings, isMultiple = false, ...props }: FileDropProps) {
  const onFiles = useNotedEdit(props.onFiles);
  return (
    <DropZone
      className="drop-zone"
      aria-label={label}
      onDrop={async ({ items }) => {
        const files = items.filter((item): item is FileDropItem => item.kind === 'file');
        onFiles(await Promise.all(files.slice(0, isMultiple ? files.length : 1).map((item) => item.getFile())));
      }}
    >
      <p>{label}</p>
      <FileTrigger
        allowsMultiple={isMultiple}
        {...(endings && { acceptedFileTypes: [...endings] })}
        onSelect={(files) => files && onFiles([...files])}
      >
        <Button icon="upload">Browse</Button>
      </FileTrigger>
    </DropZone>
  );
}
