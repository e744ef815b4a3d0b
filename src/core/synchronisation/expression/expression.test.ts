import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { evaluateExpression } from './evaluate.ts';
import { ExpressionProblem, type Value } from './node.ts';
import { attributesIn, parseExpression } from './parse.ts';

const ids = ['X509:<SKI>0102', 'X509:<SHA1-PUKEY>a1b2', 'X509:<PN>ana@woodgrove.test', 'X509:<I>DC=test,CN=CA<SR>0a0b'];
const ana: Readonly<Record<string, readonly string[]>> = {
  userprincipalname: ['ana@woodgrove.test'],
  mail: ['ana@woodgrove.example'],
  alternativesecurityid: ids,
  employeetype: ['Developer'],
};
const valueFor = (text: string, of = ana): Value => evaluateExpression(parseExpression(text), (name) => of[name] ?? []);

/** The first three are the examples of Microsoft's page on certificateUserIds; the fourth keeps kinds by class of user (UB-27). */
const byClass = `IIF([employeeType]="Detailee", Where($item,[alternativeSecurityId],InStr($item,"X509:<SHA1-PUKEY>")>0),
  IIF([employeeType]="Developer", Where($item,[alternativeSecurityId],InStr($item,"X509:<SKI>")>0),
    Where($item,[alternativeSecurityId],BitAnd(InStr($item,"<I>"),InStr($item,"<SR>")>0)>0 || InStr($item,"<SR>")>0)))`;
const subset = `IIF(IsPresent([alternativeSecurityId]),
    Where($item,[alternativeSecurityId],BitOr(InStr($item, "X509:<SKI>"),InStr($item, "X509:<SHA1-PUKEY>"))>0),[alternativeSecurityId]
)`;
const cases: readonly { text: string; is: Value; of?: typeof ana }[] = [
  { text: '"X509:<PN>"&[userPrincipalName]', is: 'X509:<PN>ana@woodgrove.test' },
  { text: '"X509:<RFC822>"&[mail]', is: 'X509:<RFC822>ana@woodgrove.example' },
  { text: subset, is: ids.slice(0, 2) },
  { text: subset, is: null, of: {} },
  { text: byClass, is: ['X509:<SKI>0102'] },
  { text: byClass, is: ['X509:<SHA1-PUKEY>a1b2'], of: { ...ana, employeetype: ['detailee'] } },
  { text: byClass, is: ['X509:<I>DC=test,CN=CA<SR>0a0b'], of: { ...ana, employeetype: [] } },
  { text: 'IIF(Contains([alternativeSecurityId],"<ski>")>0,"yes",Error("no SKI"))', is: 'yes' },
  { text: 'IIF([employeeType]="Guest",[mail],AuthoritativeNull)', is: null },
  { text: 'Select($item,[alternativeSecurityId],Right($item,4))', is: ['0102', 'a1b2', 'test', '0a0b'] },
  { text: 'Left([mail],InStr([mail],"@")-1)', is: 'ana' },
  { text: 'LCase(Word([mail],2,"@"))', is: 'woodgrove.example' },
  { text: 'Switch([employeeType]="A","1",[employeeType]="developer","2")', is: '2' },
  { text: 'Join(Split("a;b",";"),"+") & Mid("abcdef",2,3) & Len("xyz")', is: 'a+bbcd3' },
  { text: '1 + 2 - 1 = 2 && Not(IsNullOrEmpty([mail]))', is: true },
  { text: '"say ""yes"""', is: 'say "yes"' },
];
for (const { text, is, of } of cases)
  test(`${text.replaceAll(/\s+/g, ' ').slice(0, 70)} is ${JSON.stringify(is)}`, () =>
    assert.deepEqual(valueFor(text, of), is));

describe('an expression is refused', () => {
  const problems = [
    { text: 'Foo([mail])', says: /no function Foo/ },
    { text: 'constructor([mail])', says: /no function constructor/ },
    { text: 'IIF(True,1)', says: /takes 3 to 3 values, not 2/ },
    { text: '"open', says: /cannot be read/ },
    { text: '[mail] [mail]', says: /an operator or the end/ },
    { text: '(1', says: /\) is needed/ },
    { text: '', says: /a value is needed/ },
    { text: '('.repeat(60), says: /more than 50 deep/ },
    { text: 'x'.repeat(9000), says: /more than 8192 characters/ },
    { text: '$item', says: /no value here/ },
    { text: '"a"&[alternativeSecurityId]', says: /4 values are used where one is required/ },
    { text: 'Where("a",[mail],True)', says: /begins with the name of a variable/ },
    { text: 'Error("no match")', says: /^no match$/ },
    { text: '[mail]+1', says: /is not a number/ },
  ];
  for (const { text, says } of problems)
    test(text.slice(0, 40) || 'without a word', () =>
      assert.throws(
        () => valueFor(text),
        (problem) => problem instanceof ExpressionProblem && says.test(problem.message),
      ),
    );
});

test('the attributes that an expression reads are known before it is evaluated', () =>
  assert.deepEqual(attributesIn(parseExpression('IIF(IsPresent([Mail]),"a"&[upn],$item)')), ['mail', 'upn']));
