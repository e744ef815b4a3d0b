/**
 * The characters, as the source of a regular expression with the flag `u`, that a reader does not see or that change how the
 * text around them is shown: controls, lone surrogates, bidirectional formatting (UAX #9), line and paragraph separators,
 * and what Unicode lets a font leave out. Joiners and variation selectors are not among them: scripts and emoji need them.
 */
export const unseenCharacters =
  '[\\p{Cc}\\p{Cs}\\p{Bidi_Control}\\u2028\\u2029]|(?![\\u200c\\u200d\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}])\\p{Default_Ignorable_Code_Point}';
