import type { Texts } from './language.ts';

/** What is not here yet is said in English. */
export const arabic: Partial<Texts> = {
  next: 'التالي',
  back: 'رجوع',
  cancel: 'إلغاء',
  continue: 'متابعة',
  yes: 'نعم',
  no: 'لا',
  tryAgain: 'إعادة المحاولة',
  toContinueTo: (application) => `للمتابعة إلى ${application}`,
  signIn: 'تسجيل الدخول',
  userName: 'اسم المستخدم',
  enterPassword: 'أدخل كلمة المرور',
  password: 'كلمة المرور',
  useCertificate: 'استخدام شهادة أو بطاقة ذكية',
  otherWays: 'طرق أخرى لتسجيل الدخول',
  usePassword: 'استخدام كلمة المرور',
  couldNotSignIn: 'عذرًا، تعذّر تسجيل الدخول',
  useAnotherCertificate: 'استخدام شهادة أخرى',
  moreDetails: 'مزيد من التفاصيل',
  pickAccount: 'اختر حسابًا',
  useAnotherAccount: 'استخدام حساب آخر',
  staySignedIn: 'هل تريد البقاء قيد تسجيل الدخول؟',
  signedOut: 'تم تسجيل خروجك',
  signInAgain: 'تسجيل الدخول مرة أخرى',
  signOut: 'تسجيل الخروج',
};
