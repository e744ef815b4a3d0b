/** A text of Graph, in which commands and names of code stand between backticks. */
export const TextWithCode = ({ text }: { readonly text: string }) =>
  text.split('`').map((part, index) => (index % 2 === 1 ? <code key={part}>{part}</code> : part));
