import type { Texts } from './language.ts';

/** What is not here yet is said in English. */
export const chinese: Partial<Texts> = {
  next: '下一步',
  back: '上一步',
  cancel: '取消',
  continue: '继续',
  yes: '是',
  no: '否',
  tryAgain: '重试',
  toContinueTo: (application) => `以继续访问 ${application}`,
  signIn: '登录',
  userName: '用户名',
  enterPassword: '输入密码',
  password: '密码',
  useCertificate: '使用证书或智能卡',
  otherWays: '其他登录方式',
  usePassword: '使用密码',
  couldNotSignIn: '抱歉，无法登录',
  useAnotherCertificate: '使用其他证书',
  moreDetails: '更多详细信息',
  pickAccount: '选择帐户',
  useAnotherAccount: '使用其他帐户',
  staySignedIn: '保持登录状态？',
  signedOut: '你已退出登录',
  signInAgain: '重新登录',
  signOut: '退出登录',
};
