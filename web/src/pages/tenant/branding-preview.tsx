import type { Branding, BrandingDraft } from './branding-model.ts';
import { usePicture } from './branding-pictures.tsx';

interface PreviewProps {
  readonly path: string;
  readonly branding: Branding;
  readonly draft: BrandingDraft;
  readonly tenantName: string;
}

const isColour = (text: string) => /^#[0-9a-f]{6}$/i.test(text);

/** Which of black and white is read better on a color: as the sign-in pages choose it, in short. */
function inkOn(colour: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? '#1b232c' : '#ffffff';
}

/** The sign-in page as it would look after saving. Nothing in it works. */
export function SignInPreview({ path, branding, draft, tenantName }: PreviewProps) {
  const [logo, image] = [usePicture(path, branding, 'bannerLogo'), usePicture(path, branding, 'backgroundImage')];
  const ground = isColour(draft.backgroundColor) ? draft.backgroundColor : '#eef1f4';
  const accent = isColour(draft.accentColor) ? draft.accentColor : '#0b6a75';
  const name = draft.displayName || tenantName;
  const style = { background: ground, ...(image ? { backgroundImage: `url("${image}")` } : {}) };
  return (
    <figure className="preview-frame">
      <figcaption>Preview of the sign-in page</figcaption>
      <div className="preview" style={style} aria-hidden="true" inert>
        <div className="preview-sheet">
          <p className="preview-brand">{logo ? <img src={logo} alt="" /> : name}</p>
          <p className="preview-title">Sign in</p>
          <p className="preview-input">{draft.usernameHintText || 'someone@example.com'}</p>
          <p className="preview-row">
            <span className="preview-button" style={{ background: accent, color: inkOn(accent) }}>
              Next
            </span>
          </p>
          {draft.signInPageText && <p className="preview-text">{draft.signInPageText}</p>}
        </div>
      </div>
    </figure>
  );
}
