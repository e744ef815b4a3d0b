import type { Texts } from './language.ts';

/** What is not here yet is said in English. */
export const japanese: Partial<Texts> = {
  next: '次へ',
  back: '戻る',
  cancel: 'キャンセル',
  continue: '続行',
  yes: 'はい',
  no: 'いいえ',
  tryAgain: 'もう一度試す',
  toContinueTo: (application) => `${application} に進む`,
  signIn: 'サインイン',
  userName: 'ユーザー名',
  enterPassword: 'パスワードの入力',
  password: 'パスワード',
  useCertificate: '証明書またはスマート カードを使用する',
  otherWays: 'その他のサインイン方法',
  usePassword: 'パスワードを使用する',
  couldNotSignIn: 'サインインできませんでした',
  useAnotherCertificate: '別の証明書を使用する',
  moreDetails: '詳細情報',
  pickAccount: 'アカウントを選択する',
  useAnotherAccount: '別のアカウントを使用する',
  staySignedIn: 'サインインの状態を維持しますか?',
  signedOut: 'サインアウトしました',
  signInAgain: 'もう一度サインインする',
  signOut: 'サインアウト',
};
