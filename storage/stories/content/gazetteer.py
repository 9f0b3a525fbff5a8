"""Names of countries, states of the US, and cities that news begins with, by ISO 3166 code.

From the ISO 3166 lists, the Associated Press's abbreviations of states, and how English and Spanish
news write them. Left out is what means something else more often than the place: Washington the
seat, Jersey, Guernsey. Names that people have, too, are in `NAMES_OF_PEOPLE` and `FIRST_NAMES`; counties
and regions are only those whose name stands for one state.
"""

US_STATES = """AL Alabama|Ala.; AK Alaska; AZ Arizona|Ariz.|Maricopa County|Pima County|Cochise County|Phoenix; AR Arkansas|Ark.; CA California|Calif.|Los Angeles|San Francisco|San Diego
CO Colorado|Colo.|Denver|Mesa County; CT Connecticut|Conn.; DE Delaware|Del.; DC District of Columbia; FL Florida|Fla.|Miami-Dade|Broward County|Palm Beach County|Tallahassee|Miami
GA Georgia|Ga.|Atlanta|Coffee County|DeKalb County|Fulton County|Gwinnett County|Cobb County; HI Hawaii|Honolulu; ID Idaho|Boise; IL Illinois|Ill.|Chicago; IN Indiana|Ind.|Indianapolis; IA Iowa|Des Moines; KS Kansas|Kan.
KY Kentucky|Ky.; LA Louisiana|La.|New Orleans|Baton Rouge; ME Maine; MD Maryland|Md.|Baltimore; MA Massachusetts|Mass.|Boston; MI Michigan|Mich.|Detroit|Antrim County|Macomb County; MN Minnesota|Minn.|Minneapolis|St. Paul
MS Mississippi|Miss.; MO Missouri|Mo.|St. Louis; MT Montana|Mont.; NE Nebraska|Neb.; NV Nevada|Nev.|Las Vegas|Reno; NH New Hampshire|N.H.; NJ New Jersey|N.J.|Newark
NM New Mexico|N.M.|Albuquerque; NY New York|N.Y.|Brooklyn; NC North Carolina|N.C.|Raleigh; ND North Dakota|N.D.; OH Ohio|Cleveland; OK Oklahoma|Okla.; OR Oregon|Ore.|Portland
PA Pennsylvania|Pa.|Philadelphia|Pittsburgh|Harrisburg|Lehigh Valley|Allegheny County|Luzerne County|Lycoming County|Bucks County; RI Rhode Island|R.I.; SC South Carolina|S.C.; SD South Dakota|S.D.; TN Tennessee|Tenn.|Nashville|Memphis; TX Texas|Houston|Harris County|Tarrant County|Dallas
UT Utah|Salt Lake City; VT Vermont|Vt.; VA Virginia|Va.; WA Washington state|Wash.|Seattle|King County; WV West Virginia|W.Va.; WI Wisconsin|Wis.|Milwaukee|Waukesha County|Madison; WY Wyoming|Wyo.; PR Puerto Rico; GU Guam"""

COUNTRIES = """US United States|U.S.|USA|Estados Unidos; CA Canada|Canadian|Canadá|Ottawa; MX Mexico|Mexican|México; GB United Kingdom|U.K.|UK|Britain|British|England|Scotland|Scottish|Wales|Welsh|Northern Ireland; IE Ireland|Irish
FR France|French|Francia; DE Germany|German|Alemania|Bundestag; ES Spain|España|Catalonia; IT Italy|Italian|Italia; PT Portugal|Portuguese; NL Netherlands|Dutch; BE Belgium|Belgian; LU Luxembourg; CH Switzerland|Swiss; AT Austria|Austrian
DK Denmark|Danish|Greenland; SE Sweden|Swedish; NO Norway|Norwegian; FI Finland|Finnish; IS Iceland; EE Estonia|Estonian; LV Latvia|Latvian; LT Lithuania|Lithuanian; PL Poland|Polish; CZ Czech Republic|Czechia|Czech; SK Slovakia|Slovak; HU Hungary|Hungarian
RO Romania|Romanian|Rumania; BG Bulgaria|Bulgarian; GR Greece|Greek; CY Cyprus; MT Malta; SI Slovenia|Slovenian; HR Croatia|Croatian; BA Bosnia; RS Serbia|Serbian; ME Montenegro; MK North Macedonia; AL Albania|Albanian; XK Kosovo
MD Moldova|Moldovan; UA Ukraine|Ukrainian|Kyiv; BY Belarus|Belarusian; RU Russia|Russian|Rusia|Kremlin|Moscow; GE Tbilisi|Georgian; AM Armenia|Armenian; AZ Azerbaijan; TR Turkey|Turkish|Türkiye; IL Israel|Israeli|Knesset; PS Palestine|Palestinian; LB Lebanon|Lebanese
SY Syria|Syrian; JO Jordan|Jordanian; IQ Iraq|Iraqi; IR Iran|Iranian; SA Saudi Arabia|Saudi; AE United Arab Emirates; KW Kuwait; QA Qatar; YE Yemen; EG Egypt|Egyptian; LY Libya; TN Tunisia|Tunisian; DZ Algeria; MA Morocco|Moroccan; SD Sudan|Sudanese; SS South Sudan
ET Ethiopia|Ethiopian; SO Somalia; KE Kenya|Kenyan; UG Uganda|Ugandan; TZ Tanzania|Tanzanian; RW Rwanda; BI Burundi; CD Democratic Republic of Congo|Congolese|DRC; CG Republic of the Congo; CM Cameroon; GA Gabon; CF Central African Republic; TD Chad; NE Niger; NG Nigeria|Nigerian
GH Ghana|Ghanaian; CI Ivory Coast|Côte d'Ivoire; SN Senegal|Senegalese; ML Mali; BF Burkina Faso; GN Guinea; GW Guinea-Bissau; SL Sierra Leone; LR Liberia; TG Togo; BJ Benin; GM Gambia; MR Mauritania; ZA South Africa|South African; ZW Zimbabwe|Zimbabwean; ZM Zambia|Zambian
MW Malawi|Malawian; MZ Mozambique; AO Angola; NA Namibia; BW Botswana; LS Lesotho; SZ Eswatini; MG Madagascar; MU Mauritius; SC Seychelles; KM Comoros; IN India|Indian|Lok Sabha|BJP|Bengal|Bihar|Maharashtra|Tamil Nadu|Kerala|Uttar Pradesh|Karnataka|Gujarat|Assam|Delhi|Telangana|Rajasthan|Madhya Pradesh; PK Pakistan|Pakistani; BD Bangladesh|Bangladeshi; LK Sri Lanka; NP Nepal
MV Maldives; BT Bhutan; AF Afghanistan|Afghan; KZ Kazakhstan; KG Kyrgyzstan|Kyrgyz; UZ Uzbekistan; TJ Tajikistan; TM Turkmenistan; MN Mongolia; CN China|Chinese|Beijing; HK Hong Kong; TW Taiwan|Taiwanese; JP Japan|Japanese; KR South Korea|South Korean; KP North Korea|North Korean
VN Vietnam; TH Thailand|Thai; KH Cambodia|Cambodian; LA Laos; MM Myanmar; MY Malaysia|Malaysian; SG Singapore; ID Indonesia|Indonesian; PH Philippines|Philippine|Filipino|Comelec; TL Timor-Leste|East Timor; PG Papua New Guinea; AU Australia|Australian; NZ New Zealand; FJ Fiji
SB Solomon Islands; WS Samoa; GT Guatemala|Guatemalan; HN Honduras|Honduran; SV El Salvador; NI Nicaragua|Nicaraguan; CR Costa Rica; PA Panama|Panamá; CU Cuba|Cuban; HT Haiti|Haitian|Haití; DO Dominican Republic|República Dominicana; JM Jamaica; TT Trinidad; GY Guyana; SR Suriname
CO Colombia|Colombian; VE Venezuela|Venezuelan|venezolana|venezolano; EC Ecuador|Ecuadorian|Ecuadorean; PE Peru|Peruvian|Perú; BO Bolivia|Bolivian; BR Brazil|Brazilian|Brasil; PY Paraguay; UY Uruguay; AR Argentina|Argentine; CL Chile|Chilean|Servel"""

DATELINES = """AL MONTGOMERY; AK JUNEAU; AZ PHOENIX; AR LITTLE ROCK; CA SACRAMENTO|LOS ANGELES; CO DENVER; CT HARTFORD; DE DOVER; FL TALLAHASSEE|MIAMI; GA ATLANTA; HI HONOLULU; ID BOISE; IL SPRINGFIELD|CHICAGO; IN INDIANAPOLIS; IA DES MOINES; KS TOPEKA; KY FRANKFORT
LA BATON ROUGE; ME AUGUSTA; MD ANNAPOLIS; MA BOSTON; MI LANSING|DETROIT; MN ST. PAUL; MS JACKSON; MO JEFFERSON CITY; MT HELENA; NE LINCOLN; NV CARSON CITY|LAS VEGAS; NH CONCORD; NJ TRENTON; NM SANTA FE; NY ALBANY; NC RALEIGH; ND BISMARCK; OH COLUMBUS; OK OKLAHOMA CITY
OR SALEM; PA HARRISBURG|PHILADELPHIA; RI PROVIDENCE; SC COLUMBIA; SD PIERRE; TN NASHVILLE; TX AUSTIN|HOUSTON; UT SALT LAKE CITY; VT MONTPELIER; VA RICHMOND; WA OLYMPIA; WV CHARLESTON; WI MADISON|MILWAUKEE; WY CHEYENNE"""

# What says that a story is of the government in Washington, and so in the United States as a whole.
FEDERAL = """Congress|DNC|RNC|Democratic National Committee|Republican National Committee|congressional|Capitol Hill|White House|U.S. Senate|US Senate|US election|US elections|U.S. election|U.S. elections|Senate Intelligence|Senate Judiciary|House Intelligence|House intel|House Judiciary|House Republicans|House Democrats|Senate Republicans
Senate Democrats|Justice Department|Department of Justice|DOJ|FBI|CIA|NSA|CISA|Homeland Security|Pentagon|State Department|Federal Election Commission|Electoral College|Mueller|special counsel|Oval Office|Air Force One
President Trump|President Obama|President Biden|President Bush|President Clinton|Donald Trump|Trump|Obama|Biden|midterms"""

NAMES_OF_PEOPLE = frozenset(("Chad", "Jordan", "Virginia", "Georgia", "Israel", "Madison", "Carolina", "Houston", "Dallas", "Cleveland", "Indiana"))  # fmt: skip
FIRST_NAMES = frozenset(("Chad", "Jordan"))  # a surname follows more often than what a country does
FIRST_NAMES_IN_TEXT = frozenset(("Virginia", "Georgia", "Israel", "Madison"))
# What follows a state or country with a capital letter and is not a surname.
FOLLOWERS = """Secretary Senate House Gov Governor Lt Attorney Democrat Democrats Democratic Republican Republicans GOP Supreme Court Courts State Assembly General Department Election Elections Electoral Board
Legislature University Tech Power Sen Rep Party Commission Commonwealth Beach County City Capitol Public National Bureau Department Defense Police Military Voter Voters Ballot Primary Tuesday Monday Wednesday Thursday
Friday Saturday Sunday Post Times Institute Association Center League Register Registrar Mayor Congressman Congresswoman Congressional District Superior Criminal Civil Air Army Parliament Prime President"""
ACTORS = frozenset(
    ("RU", "CN", "IR", "KP")
)  # more often who did it, or who denied it, than where it was
# What follows one of these where it is the place: Russian voters, Iran's election; not Russian election meddling.
AT_HOME = """voters? opposition elections? presidential parliamentary parliament polls? polling ballots? referendum electoral
constitution critics? dissidents? courts? cities regions? prisons? votes? goes heads holds authorities"""
MEDDLING = "interference meddling hacking hacks? hackers attacks? influence intrusion intervention disinformation propaganda trolls security"
# What follows a country's adjective where somebody from there did something elsewhere: a British spy, Chinese hackers.
AGENTS = """(?:ex-)?spy spies hackers? hacking trolls? bots? agents? operatives? intelligence lawyers? nationals? compan(?:y|ies) firms? billionaires?
businessm[ae]n oligarchs? born embassy ambassador diplomats?"""


def code_table(text: str, prefix: str = "") -> dict[str, str]:
    """Name to code."""
    codes: dict[str, str] = {}
    for entry in text.replace("\n", ";").split(";"):
        code, _, names = entry.strip().partition(" ")
        codes |= dict.fromkeys(names.split("|"), prefix + code)
    return codes
