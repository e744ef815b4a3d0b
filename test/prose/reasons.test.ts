import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textFiles } from '../docs/files.ts';

/** The files with tables of reasons. */
const tables = /^src\/(?:core\/trace|(?!languages\/)\w+)\/reasons(?:\.ts|\/[\w/-]+\.ts)$/;
/** Tables of sentences: those of the server, its commands and devices. The other tables have fragments. */
const tablesOfSentences =
  /^src\/(?:(?:server|cli|keys|pki|storage)\/reasons(?!\/commands)|core\/trace\/reasons\/devices\/|device\/reasons\/(?!primary)|admin\/reasons\/devices|http\/reasons\/serving)/;

/** Texts of Entra and of Microsoft Graph, and names that begin with a capital letter. */
const fixedTexts =
  /^(?:Administrators cannot issue|Users cannot reset|Resource|The (?:application|photo|appId)|Another object|One or more|Not a valid|\/me request|Azure AD Graph|Is Legacy Store|CRL |The service is temporarily|Cardea )/;

/** The literal texts of the messages in a table. */
const messagesIn = (text: string): readonly string[] =>
  [...text.matchAll(/message: (?:\([^=]*?\) =>)?\s*([`'"])((?:(?!\1).)*)\1(?=,| \+$)/gm)].map(
    ([, , message]) => message!,
  );

for (const { file, text } of textFiles().filter((source) => tables.test(source.file))) {
  const isOfSentences = tablesOfSentences.test(file);
  test(`every message of ${file} is a ${isOfSentences ? 'sentence' : 'fragment'}`, () => {
    const messages = messagesIn(text).filter((message) => !fixedTexts.test(message));
    const wrong = messages.filter((message) =>
      isOfSentences ? /^[a-z]/.test(message) : /^[A-Z]/.test(message) || message.endsWith('.'),
    );
    assert.deepEqual(wrong, []);
  });
}
