"""Invented texts in which a reader has marked what names or reaches a person: `{kind|characters}`.

Written before the rules that are measured on them, and not changed to suit them. Numbers, addresses and accounts are
of the ranges that are kept free for examples and fiction.
"""

# ruff: noqa: E501 - a marked text reads better unbroken
TEXTS = [
    (
        "en",
        "{person|Mara Quill}, who keeps the bridge, can be reached at {email|mara.quill@harbour.example} or on "
        "{phone|020 7946 0123}. {person|Quill} said the gates had moved twice.",
    ),
    (
        "en",
        "Write to {email|press+ferry@port-office.example.org}, call {phone|+44 1632 960 117}, or follow "
        "{handle|@PortOffice_Veland}. The sailing of 09:15 costs £1,240.50 for 12 wagons.",
    ),
    (
        "en",
        "“We lost 1,200,000 crates between 2019-2021,” said {person|Dr Tomas Abelard-Reyes}. Case 24-cv-01987 was "
        "filed on 12/03/2031; version 4.12.0.1 of the planner was in use.",
    ),
    (
        "en",
        "The log shows {ip|192.0.2.44} at 10:02 and {ip|2001:db8::ff00:42:8329} at 10:05. Section 3.1.4 of the "
        "manual, ISBN 978-3-16-148410-0, says nothing of it.",
    ),
    (
        "en",
        "Donations: IBAN {iban|GB82 WEST 1234 5698 7654 32}, care of {person|Ida Thornquist}. Reference "
        "GB00 WEST 1234 5698 7654 32 was mistyped.",
    ),
    (
        "en",
        "Call {phone|(202) 555-0143} or {phone|1-202-555-0188}, ask for {person|Lionel P. Okafor}. The lot number is "
        "202-55-0143 and the price is 5 @ 3.20.",
    ),
    (
        "en",
        "{person|Okafor}, {person|Reyes} and {person|Senator Willa Brandt} met at the Veland Institute. The Harbour "
        "Commission did not comment.",
    ),
    (
        "en",
        "On Mastodon {handle|@keeper@veland.example} posted a picture; so did {handle|@gate_7}. E-mail “keeper at "
        "veland” is not an address, and neither is keeper@localhost.",
    ),
    (
        "de",
        "Rückfragen an {person|Jutta Hellwege}, Telefon {phone|030 23125 117}, {email|jutta.hellwege@hafen.example}. "
        "Am 3.4.2031 wurden 12.500 Tonnen verladen, Az. 3 O 117/31.",
    ),
    (
        "de",
        "Das Konto {iban|DE89 3704 0044 0532 0130 00} gehört {person|Herrn Benno Krautwald}. Aktenzeichen "
        "2031-0044-0532 und Artikel 4711 haben damit nichts zu tun.",
    ),
    (
        "de",
        "Nach Angaben von {person|Krautwald} ist die Nummer {phone|+49 30 23125-218} seit Mai besetzt. Die Hansestadt "
        "Brake zählte 2030 genau 15 678 Schiffe.",
    ),
    (
        "fr",
        "{person|Mme Odile Garancière} répond au {phone|01 99 00 12 34} ou à {email|o.garanciere@port.example}. Le "
        "budget est de 1 250 000 euros pour 2031-2032.",
    ),
    (
        "fr",
        "Selon {person|Bastien Le Corre}, joint sur {handle|@blecorre}, la mairie de Saint-Aubin a reçu 214 lettres. "
        "L’article L. 121-3 ne s’applique pas.",
    ),
    (
        "es",
        "{person|Inés Valdecasas} atiende en el {phone|+34 911 234 567}. El contrato 911-2031 se firmó el 04.05.2031 "
        "por 3.450.000 euros.",
    ),
    (
        "es",
        "Escriba a {email|ines@astillero.example} o a la cuenta {handle|@astillero_sur}. {person|Valdecasas} no quiso "
        "hablar; el puerto tiene 1.200 amarres.",
    ),
    (
        "it",
        "Il sindaco {person|Ottavio Brambati} risponde al {phone|+39 06 4567 8901}. La delibera 45/2031 prevede "
        "120.000 euro.",
    ),
    (
        "pl",
        "Rzeczniczka {person|Halina Wierzbowska} podaje numer {phone|+48 22 555 01 17} i adres "
        "{email|rzecznik@przystan.example}. W 2031 r. obsłużono 24 500 osób.",
    ),
    (
        "tr",
        "{person|Selin Akarsu}, {phone|+90 212 555 01 17} numaralı telefondan ve {email|selin@liman.example} "
        "adresinden aranabilir. Toplam 4.500 ton yük geldi.",
    ),
    (
        "ru",
        "{person|Ирина Ветлугина} ответила по телефону {phone|+7 495 555-01-17}; почта {email|vetlugina@gavan.example}. "
        "В 2031 году прошло 12 500 судов, дело № 3-117/2031.",
    ),
    (
        "uk",
        "За словами {person|Остапа Гриневича}, пишіть на {email|port@prystan.example} або {handle|@prystan_ua}. "
        "Вартість — 1 250 000 гривень.",
    ),
    ("el", "Η {person|Ελένη Καραγιώργη} απαντά στο {phone|+30 21 0555 0117}. Το έργο κόστισε 3.200.000 ευρώ το 2031."),
    (
        "ar",
        "قالت {person|سلمى الحداد} إن رقم الهاتف هو {phone|+20 2 2555 0117} والبريد {email|salma@marsa.example}. "
        "بلغت الكلفة 1,250,000 جنيه.",
    ),
    ("ar", "للاستفسار: {phone|+٢٠ ٢ ٢٥٥٥ ٠١١٨}. بيع 12500 طن في عام ٢٠٣١."),
    ("he", "{person|נועה ברק} אמרה: {phone|03-555-0117}, {email|noa@namal.example}. המחיר הוא 4,500 שקלים."),
    (
        "hi",
        "{person|अनीता देशपांडे} से {phone|+91 22 5550 0117} पर या {email|anita@bandar.example} पर बात करें। कुल 12,500 टन माल आया।",
    ),
    (
        "ja",
        "{person|森田あかり}さんの電話は{phone|03-5550-0117}、メールは{email|akari@minato.example}。費用は1,250,000円だった。",
    ),
    (
        "zh",
        "{person|王晓燕}的电话是{phone|+86 10 5550 0117}，邮箱是{email|xiaoyan@gangkou.example}。项目耗资1,250,000元，编号2031-0117。",
    ),
    (
        "ko",
        "{person|한서윤} 씨의 전화는 {phone|02-555-0117}, 이메일은 {email|seoyun@hang.example}이다. 비용은 1,250,000원이었다.",
    ),
    ("th", "ติดต่อ {person|มาลี สุขใจ} ที่ {phone|+66 2 555 0117} หรือ {email|malee@tharuea.example} ค่าใช้จ่าย 1,250,000 บาท"),
    (
        "en",
        "Nobody is named here. The pump moved 3 500 000 litres in 24 hours; @ 40 degrees it stops. See "
        "https://veland.example/@/3.1.2.9 and the file a@2x.png.",
    ),
]
