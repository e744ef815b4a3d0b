import { Button } from '../../components/button.tsx';
import { usePictureData } from '../../components/data/picture.ts';
import { FileDrop } from '../../components/forms/file-drop.tsx';
import { ChangeProblem } from '../../components/problems.tsx';
import { send, useChange } from '../../graph/queries.ts';
import type { Branding } from './branding-model.ts';

const pictures = [
  ['bannerLogo', 'Banner logo', 'PNG, JPEG or WebP, about 245 × 36 pixels, at most 50 KB.'],
  [
    'squareLogo',
    'Square logo',
    'PNG, JPEG or WebP, 240 × 240 pixels, at most 50 KB. Used as the icon of the tab if there is no favicon.',
  ],
  ['backgroundImage', 'Background image', 'PNG, JPEG or WebP, 1920 × 1080 pixels, at most 300 KB.'],
  ['favicon', 'Favicon', 'PNG, JPEG or ICO, 32 × 32 pixels, at most 50 KB.'],
] as const;

export type PictureName = (typeof pictures)[number][0];

/** An address of a picture that only this page has, or undefined. */
export function usePicture(path: string, branding: Branding, name: PictureName): string | undefined {
  const version = branding[`${name}RelativeUrl`];
  return usePictureData(version ? `${path}/${name}?${encodeURIComponent(version)}` : undefined);
}

interface PicturesProps {
  readonly path: string;
  readonly branding: Branding;
  readonly isReadOnly: boolean;
}

export const Pictures = (props: PicturesProps) =>
  pictures.map(([name, title, help]) => <Picture key={name} {...props} name={name} title={title} help={help} />);

function Picture({
  path,
  branding,
  isReadOnly,
  name,
  title,
  help,
}: PicturesProps & { readonly name: PictureName; readonly title: string; readonly help: string }) {
  const address = usePicture(path, branding, name);
  const upload = useChange<File>((file) => send(`${path}/${name}`, { method: 'PUT', body: file }), {
    stale: ['/organization'],
    done: `Saved: ${title}`,
  });
  const removal = useChange(() => send(`${path}/${name}`, { method: 'DELETE' }), {
    stale: ['/organization'],
    done: `Removed: ${title}`,
  });
  return (
    <div className="branding-picture">
      <h3>{title}</h3>
      {address ? <img src={address} alt={`Current picture: ${title}`} /> : <p className="faint">None</p>}
      {!isReadOnly && (
        <>
          <FileDrop
            label={`${title}: drop a picture here`}
            endings={['.png', '.jpg', '.jpeg', '.webp', '.ico']}
            onFiles={([file]) => file && upload.mutate(file)}
          />
          <p className="help">{help}</p>
          {branding[`${name}RelativeUrl`] && (
            <Button icon="delete" onPress={() => removal.mutate()} isPending={removal.isPending}>
              Remove {title.toLowerCase()}
            </Button>
          )}
        </>
      )}
      <ChangeProblem problem={upload.error ?? removal.error} />
    </div>
  );
}
