import type { Picture } from '#admin/pictures/pictures.ts';
import type { Answer } from '../protocol/call.ts';

/** A picture as an answer: a browser that opens it by itself treats it as a picture and as nothing else. */
export const pictureAnswer = ({ mediaType, base64 }: Pick<Picture, 'mediaType' | 'base64'>): Answer => ({
  status: 200,
  body: Buffer.from(base64, 'base64'),
  headers: {
    'content-type': mediaType,
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  },
});
