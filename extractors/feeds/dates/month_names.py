"""Names of months that tell the month only as a whole, in some eighty languages. Pure.

What `date_words.py` knows by its first letters is not repeated. After the Unicode Common Locale Data
Repository (CLDR 45), full and short names; what names different months in two languages is left out, and so
is what is also a day of the week.
"""

_NAMES = {
    1: (
        "ama amajjii ean eanáir ghe ghennàrgiu ion ionawr jaan jaanuar jen jenụwarị mut mutarama "
        "ndi ndira phe pherekgong rbn rêbendan samwiyee schan schaner sii siilo urt urtarrila xan "
        "xaneiro xin xineru yan zen zenâr ýan ýanwar сту студзень студзеня јан јануар јануари հնվ "
        "ינו׳ جنوري جنوری يانۋار जन॰ जाने जानेवारी জানু জানুয়ারী জানুৱাৰী ਜਨ ਜਨਵਰੀ જાન્યુ "
        "જાન્યુઆરી ଜାନୁଆରୀ ஜன ஜனவரி జన జనవరి ಜನ ಜನವರಿ ജനു ജനുവരി ජන ජනවාරි ม.ค ມ.ກ ມັງກອນ ဇန် "
        "ဇန်နဝါရီ ጃን ጃንዋሪ ጥሪ មករា "
    ),
    2: (
        "chw chwef chwefror col colte cʼhwe cʼhwevrer fab faburairu favr favrer fbl feabh feabhra "
        "few fewral fewriyee fra frar freàrgiu gas gashyantare gur guraandhala hlakola kuk "
        "kukadzi ots otsaila peb pebrero sbt shk shkurt sibat феб фебруар փտվ פבר׳ شوبات فبروري "
        "فروری فيبروري فېبروري فېۋرال फ़र॰ फेब्रु फेब्रुअरी फेब्रुवारी ফেব ফেব্রুয়ারী ফেব্ৰু "
        "ফেব্ৰুৱাৰী ਫ਼ਰ ਫ਼ਰਵਰੀ ફેબ્રુ ફેબ્રુઆરી ଫେବୃଆରୀ பிப் பிப்ரவரி ఫిబ్ర ఫిబ్రవరి ಫೆಬ್ರ "
        "ಫೆಬ್ರವರಿ ഫെബ്രു ഫെബ്രുവരി පෙබ පෙබරවාරි ก.พ ກ.ພ ກຸມພາ ဖေ ဖေဖော်ဝါရီ ለካ ለካቲት ፌብ ፌብሩዋሪ "
        "កុម្ភៈ "
    ),
    3: (
        "adar adr bitootessa hlakubele kur kurume maachị maarso mac machi mas mashi matshi mawrth "
        "mbo mbooy meur msi mäe mäerz ube wer werurwe сак сакавік сакавіка մրտ ئازار مارت مارچ "
        "মার্চ মাৰ্চ ਮਾਰਚ માર્ચ ମାର୍ଚ୍ଚ மார் மார்ச் మార్చి ಮಾರ್ಚ್ മാർ മാർച്ച് මාර් මාර්තු มี.ค "
        "ມ.ນ ມີນາ မတ် መጋ መጋቢት ማርች មីនា "
    ),
    4: (
        "afi afirilu aib aibreán api apirila apl apu apuli awr awril ebr ebrel ebrill eebila elb "
        "eph ephreli epr epreel epreli kub kubvumbi mata mme mmesa nsn nîsan pri prill see seeɗto "
        "кра красавік красавіка אפר׳ ئاپرېل اپريل اپریل نیسان अप्रिल एप्रि एप्रिल এপ্রি এপ্রিল "
        "এপ্ৰিল ਅਪ੍ਰੈ ਅਪ੍ਰੈਲ એપ્રિલ ଅପ୍ରେଲ ஏப் ஏப்ரல் ఏప్రి ఏప్రిల్ ಏಪ್ರಿ ಏಪ್ರಿಲ್ ഏപ്രി ഏപ്രിൽ "
        "අප්‍රේල් เม.ย ມ.ສ ເມສາ ဧပြီ ሚያ ሚያዝያ ኤፕሪ ኤፕሪል មេសា "
    ),
    5: (
        "beal bealtaine caamsaa cam chivabvu chv duu duujal gic gicurasi gln gulan maaie maaji "
        "maajip maayi maayo mae matg maý mee mej mejju mey meyi mot motsheanong мај մյս ئایار مئي "
        "مئی ماي مه مۍ मे মে মে’ ਮਈ મે ମଇ மே మే ಮೇ മേയ് මැයි พ.ค ພ.ພ ພຶດສະພາ မေ ሜይ ጉንበት ግን ឧសភា "
    ),
    6: (
        "chikumi chk eka ekaina hezîran hun hunyo hzr iyn iýun jon jona jug jugn juu kamena kor "
        "korse lipanj làm làmpadas meh mehefin meith meitheamh mezh mezheven phupjane qer qershor "
        "suw suwe wax waxabajjii xun xunu xuño yun yuni zercl zercladur čvn ġun ġunju ιούν "
        "ιούνιος чэр чэрвень чэрвеня јун јуни հնս ئىيۇن جون حوزەیران जुन জুন ਜੂਨ જૂન ଜୁନ ஜூன் "
        "జూన్ ಜೂನ್ ജൂൺ ජූනි มิ.ย ມິ.ຖ ມິຖຸນາ ဇွန် ሰነ ጁን មិថុនា "
    ),
    7: (
        "ado adoolessa chg chikunguru fan fanadur gor gorff gorffennaf goue gouere hul hulyo iyl "
        "iúil iýul jolay korr korrik lui lul lulju luulyo mor morso nyakanga phupu srpanj sulet "
        "trm trì trìulas tîrmeh upu uzt uztaila xnt xul xullo xunetu yul yuli červenec čvc ιούλ "
        "ιούλιος ліп ліпень ліпеня јул јули հլս ئىيۇل تەمووز جولاءِ جولائی جولای जुलै जुल॰ জুল "
        "জুলাই ਜੁਲਾ ਜੁਲਾਈ જુલાઈ ଜୁଲାଇ ஜூலை జులై ಜುಲೈ ജൂലൈ ජූලි ก.ค ກ.ລ ກໍລະກົດ ဇူ ဇူလိုင် ሓም ሓምለ "
        "ጁላይ កក្កដា "
    ),
    8: (
        "abu abuztua aga agasti aggusti aggustip agt aog aogositra aus austu avo avost avust awg "
        "awgust awst aww awwissu eost gush gusht hag hagayya juk juko kanama lún lúnasa "
        "nyamavhuvhu ogo ogos ogosto ogs pha phato tbx tebax жні жнівень жніўня օգս אוג׳ آگسٽ ئاب "
        "ئاۋغۇست اګست اگست अगस्ट अग॰ ऑग ऑगस्ट আগ আগষ্ট আগস্ট ਅਗ ਅਗਸਤ ઑગસ્ટ ଅଗଷ୍ଟ ஆக ஆகஸ்ட் ఆగ "
        "ఆగస్టు ಆಗ ಆಗಸ್ಟ್ ഓഗ ഓഗസ്റ്റ് අගෝ අගෝස්තු ส.ค ສ.ຫ ສິງຫາ ဩဂုတ် ነሓ ነሓሰ ኦገስ ኦገስት សីហា ọgọ "
        "ọgọọst "
    ),
    9: (
        "cab cabudanni ful fulbaana gun gunyana gwengolo ira iraila leo lwetse medi mfómh nze "
        "nzeri satumba seb sebteembar sebtembar sebuttemba shtator siilto slt stb szept "
        "szeptember sàt sàttumbar îln îlon ספט׳ ئەیلوول ستمبر سيپٽمبر سپتمبر سېنتەبىر سېپتمبر "
        "सप्टें सप्टेंबर सित॰ सेप्टेम्बर ছেপ্তে ছেপ্তেম্বৰ সেপ সেপ্টেম্বর ਸਤੰ ਸਤੰਬਰ સપ્ટે "
        "સપ્ટેમ્બર ସେପ୍ଟେମ୍ବର செப் செப்டம்பர் సెప్టెం సెప్టెంబర్ ಸೆಪ್ಟೆಂ ಸೆಪ್ಟೆಂಬರ್ സെപ്റ്റം "
        "സെപ്റ്റംബർ සැප් සැප්තැම්බර් ก.ย ກ.ຍ ກັນຍາ စက် စက်တင်ဘာ መስ መስከረም ሴፕቴ ሴፕቴምበር កញ្ញា "
    ),
    10: (
        "cot cotmeh dfómh gum gumiguru here hyd hydref mph mphalane och ochobre oki okitobba onk "
        "onkoloolessa otu otubar santugaine stg tet tetor ukw ukwakira urr urria yar yarkomaa ɔtb "
        "кас кастрычнік кастрычніка אוק׳ آڪٽوبر ئۆكتەبىر اکتوبر अक्टू॰ अक्टोबर ऑक्टो ऑक्टोबर "
        "অক্টো অক্টোবর অক্টোবৰ ਅਕਤੂ ਅਕਤੂਬਰ ઑક્ટો ઑક્ટોબર ଅକ୍ଟୋବର அக் அக்டோபர் అక్టో అక్టోబర్ "
        "ಅಕ್ಟೋ ಅಕ್ಟೋಬರ್ ഒക്ടോ ഒക്‌ടോബർ ඔක් ඔක්තෝබර් ต.ค ຕ.ລ ຕຸລາ အောက် အောက်တိုဘာ ኦክቶ ኦክቶበር ጥቅ "
        "ጥቅምቲ តុលា ọkt ọktoba "
    ),
    11: (
        "aza azaroa jolal mbu mbudzi mijdar mjd nob nobyembre nof noofeembar now nowàmbar noý "
        "noýabr nuw nuwamba nvb nën nëntor payares pudungwana pun sadaasa samh samhain santandria "
        "sta tach tachwedd ugu ugushyingo ліс лістапад лістапада нов новембар נוב׳ نومبر نويابىر "
        "नव॰ नोभेम्बर नोव्हें नोव्हेंबर নভে নভেম্বর নৱে নৱেম্বৰ ਨਵੰ ਨਵੰਬਰ નવે નવેમ્બર ନଭେମ୍ବର நவ "
        "நவம்பர் నవం నవంబర్ ನವೆಂ ನವೆಂಬರ್ നവം നവംബർ නොවැ නොවැම්බර් พ.ย ພ.ຈ ພະຈິກ နို နိုဝင်ဘာ ሕዳ "
        "ሕዳር ኖቬም ኖቬምበር វិច្ឆិកា "
    ),
    12: (
        "abe abendua avi avientu berfanbar bow bowte brf dhj dhjetor dis disamba diseembar "
        "disemba disember disyembre diċ diċembru dsb kerzu kzu mud mudde nad nadale noll nollaig "
        "rhag rhagfyr tsh tshitwe uku ukuboza zvi zvita дец децембар сне снежань снежня דצמ׳ "
        "دسمبر دېكابىر ڊسمبر डिसें डिसेंबर डिसेम्बर दिस॰ ডিচে ডিচেম্বৰ ডিসে ডিসেম্বর ਦਸੰ ਦਸੰਬਰ "
        "ડિસે ડિસેમ્બર ଡିସେମ୍ବର டிச டிசம்பர் డిసెం డిసెంబర్ ಡಿಸೆಂ ಡಿಸೆಂಬರ್ ഡിസം ഡിസംബർ දෙසැ "
        "දෙසැම්බර් ธ.ค ທ.ວ ທັນວາ ဒီ ဒီဇင်ဘာ ታሕ ታሕሳስ ዲሴም ዲሴምበር ធ្នូ "
    ),
}
# Of the Levant and Iraq, and of the Maghreb, beside those of the Gulf and Egypt that begin alike.
_ARABIC = (
    "كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول",
    "جانفي فيفري مارس أفريل ماي جوان جويلية أوت سبتمبر أكتوبر نوفمبر ديسمبر",
)
SPELT_OUT = {name: month for month, names in _NAMES.items() for name in names.split()} | {
    name: month for names in _ARABIC for month, name in enumerate(names.split(), 1)
}
