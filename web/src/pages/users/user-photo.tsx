import { Button } from '../../components/button.tsx';
import { usePictureData } from '../../components/data/picture.ts';
import { FileDrop } from '../../components/forms/file-drop.tsx';
import { Section } from '../../components/layout/page.tsx';
import { ChangeProblem } from '../../components/problems.tsx';
import { send, useChange } from '../../graph/queries.ts';
import { userPath, type WholeUser } from './user.ts';

/** The photo of a user, and its change. */
export function UserPhoto({ user, mayWrite }: { readonly user: WholeUser; readonly mayWrite: boolean }) {
  const path = `${userPath(user.id)}/photo/$value`;
  const address = usePictureData(path);
  const options = { stale: [`${userPath(user.id)}/photo`] };
  const upload = useChange<File>((file) => send(path, { method: 'PUT', body: file }), {
    ...options,
    done: 'Photo saved',
  });
  const removal = useChange(() => send(path, { method: 'DELETE' }), { ...options, done: 'Photo removed' });
  return (
    <Section title="Photo">
      {address ? (
        <img className="photo" src={address} alt={`${user.displayName}`} />
      ) : (
        <p className="faint">There is no photo.</p>
      )}
      {mayWrite && (
        <FileDrop
          label="Drop a photo here: PNG, JPEG or WebP of at most 4 MB"
          endings={['.png', '.jpg', '.jpeg', '.webp']}
          onFiles={([file]) => file && upload.mutate(file)}
        />
      )}
      {mayWrite && address && (
        <div className="row">
          <Button icon="delete" onPress={() => removal.mutate()} isPending={removal.isPending}>
            Remove photo
          </Button>
        </div>
      )}
      <ChangeProblem problem={upload.error ?? removal.error} />
    </Section>
  );
}
