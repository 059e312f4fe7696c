/**
 * Which names of fields speak of what the law protects most: health, religion, politics, origin, sexuality, unions, biometrics,
 * and children. A name is taken apart into words, so that `hivStatus`, `hiv_status` and `HIV status` are one. Values are not
 * looked at: they would have to be understood.
 */
export const sensitiveKinds = [
  'health',
  'religion',
  'politics',
  'ethnicity',
  'sexuality',
  'union',
  'biometrics',
  'children',
] as const;
export type SensitiveKind = (typeof sensitiveKinds)[number];

/** English words as they stand in names; several words in a row where one alone says nothing. */
const english: Readonly<Record<SensitiveKind, string>> = {
  health:
    'health, medical, medication, medicine, diagnosis, diagnoses, disease, illness, symptom, symptoms, disability, disabled, ' +
    'pregnant, pregnancy, trimester, hiv, aids, cancer, diabetes, diabetic, depression, therapy, therapist, patient, ' +
    'prescription, prescriptions, allergy, allergies, mental state, blood type, blood pressure, bmi, fertility, menstrual, ' +
    'menstruation, abortion, vaccination, vaccinated, addiction, rehab, psychiatric, hospital, surgery, sick leave',
  religion:
    'religion, religious, faith, denomination, church, mosque, synagogue, temple, christian, catholic, protestant, muslim, ' +
    'islam, islamic, jewish, judaism, hindu, buddhist, sikh, atheist, baptism, halal, kosher',
  politics:
    'politics, political, party affiliation, party membership, voter, voted, vote, ideology, democrat, republican, ' +
    'conservative, socialist, communist, left wing, right wing, protest, activism',
  ethnicity:
    'ethnicity, ethnic, race, racial, skin color, skin colour, national origin, tribe, caste, indigenous, immigrant, ' +
    'immigration, refugee, asylum',
  sexuality:
    'sexuality, sexual, sexual orientation, sex life, orientation, gay, lesbian, bisexual, heterosexual, homosexual, ' +
    'transgender, queer, lgbt, lgbtq, gender identity',
  union:
    'trade union, labor union, labour union, union member, union membership, unionized, unionised, unionmember',
  biometrics:
    'biometric, biometrics, fingerprint, fingerprints, face id, faceprint, facial, iris, retina, voiceprint, dna, genetic, ' +
    'genome, genotype',
  children:
    'child, children, kid, kids, minor, minors, underage, toddler, infant, baby, babies, newborn, teen, teenager, son, ' +
    'daughter, school grade, kindergarten, parental',
};

/** Chinese has no spaces: these stand anywhere in a name. */
const chinese: Readonly<Record<SensitiveKind, string>> = {
  health:
    '健康,病史,疾病,病症,诊断,医疗,用药,药物,处方,怀孕,孕期,孕妇,残疾,过敏,癌症,糖尿病,抑郁,艾滋,血型,血压,月经,疫苗,心理治疗',
  religion: '宗教,信仰,教派,基督,天主教,穆斯林,伊斯兰,佛教,道教,清真',
  politics: '政治,党派,党员,选举,投票,政见',
  ethnicity: '民族,种族,族裔,肤色,籍贯,移民,难民',
  sexuality: '性取向,性生活,性别认同,同性恋,双性恋,异性恋,跨性别',
  union: '工会',
  biometrics: '生物识别,指纹,人脸,面部特征,虹膜,声纹,基因',
  children: '儿童,孩子,小孩,未成年,婴儿,宝宝,幼儿,青少年,儿子,女儿,家长',
};

/** Names that hold one of the words and mean something else. */
const harmless: ReadonlySet<string> = new Set([
  'minor version',
  'minor units',
  'price minor',
  'race bike',
  'bike race',
  'credit union',
  'european union',
  'union square',
  'browser fingerprint',
  'device fingerprint',
  'device orientation',
  'screen orientation',
  'page orientation',
  'child process',
  'child id',
  'parent child',
  'health check',
  'system health',
  'account health',
  'party size',
  'race condition',
  'temple bar',
  'iris blue',
  'template',
]);

const phrases: readonly (readonly [phrase: string, kind: SensitiveKind])[] = sensitiveKinds.flatMap((kind) =>
  english[kind].split(', ').map((phrase) => [` ${phrase} `, kind] as const),
);
const characters: readonly (readonly [characters: string, kind: SensitiveKind])[] = sensitiveKinds.flatMap(
  (kind) => chinese[kind].split(',').map((text) => [text, kind] as const),
);

/** `hivStatus` -> ` hiv status `. */
const wordsOf = (name: string): string =>
  ` ${name
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;

/** What a name speaks of; undefined for most. Linear in the name. */
export function sensitiveKind(name: string): SensitiveKind | undefined {
  const words = wordsOf(name.slice(0, 256));
  if (harmless.has(words.trim())) return undefined;
  const [, kind] =
    phrases.find(([phrase]) => words.includes(phrase)) ??
    characters.find(([text]) => words.includes(text)) ??
    [];
  return kind;
}
