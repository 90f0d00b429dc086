"""What Google calls a My Drive, and what lies beside it, in many languages.

Google's own labels; that they are folder names is shown by cryptomator
GoogleDriveMacLocationPresetsProvider.java. A name that is missing is found by `gdrive._only_child`.
"""

from __future__ import annotations

MY_DRIVE = (
    "My Drive", "Meine Ablage", "Mon Drive", "Mon disque", "Mi unidad", "Il mio Drive", "I miei file",
    "Meu Drive", "O meu disco", "Mijn Drive", "Min enhet", "Mit drev", "Min disk", "Oma Drive",
    "Drifið mitt", "Mój dysk", "Můj disk", "Môj disk", "Moj disk", "Saját meghajtó", "Contul meu Drive",
    "Моят диск", "Мой диск", "Мій диск", "Мој диск", "Το Drive μου", "Drive'ım", "Mano Diskas",
    "Mans disks", "Minu ketas", "La meva unitat", "A miña unidade", "Nire unitatea", "Drive Saya",
    "Aking Drive", "Drive của tôi", "ไดรฟ์ของฉัน", "マイドライブ", "내 드라이브", "我的云端硬盘",
    "我的雲端硬碟", "האחסון שלי", "ملفاتي", "मेरी ड्राइव", "मेरी डिस्क", "माझा ड्राइव्ह", "আমার ড্রাইভ",
    "میری ڈرائیو", "Hifadhi Yangu",
)  # fmt: skip
NOT_MINE = (
    "Shared drives", "Team Drives", "Geteilte Ablagen", "Teamablagen", "Drive partagés",
    "Disques partagés", "Unidades compartidas", "Drive condivisi", "Drives compartilhados",
    "Drives partilhados", "Gedeelde drives", "Delade enheter", "Delte drev", "Delte disker",
    "Jaetut Drivet", "Dyski udostępnione", "Dyski współdzielone", "Sdílené disky", "Общие диски",
    "Спільні диски", "Ortak Drive'lar", "共有ドライブ", "공유 드라이브", "공유 문서함", "共享云端硬盘",
    "共用雲端硬碟", "Other computers", "Computers", "Weitere Computer", "Andere Computer",
    "Autres ordinateurs", "Otros ordenadores", "Otras computadoras",
    "Altri computer", "Outros computadores", "Andere computers", "Andra datorer", "Andre computere",
    "Andre datamaskiner", "Inne komputery", "Другие компьютеры", "Інші комп'ютери",
    "Diğer bilgisayarlar", "他のパソコン", "その他のパソコン", "다른 컴퓨터", "기타 컴퓨터",
    "其他计算机", "其他电脑", "其他電腦",
    "Unités partagées", "Unitats compartides", "Zdieľané disky", "Zdielané disky", "Megosztott meghajtók",
    "Drive-uri partajate", "Bendrinami diskai", "Geteilte Laufwerke", "Compartits", "อุปกรณ์ที่แชร์", "Drive bersama",
    "Bộ nhớ dùng chung", "Κοινόχρηστα Drive", "Споделени дискове", "תיקיות אחסון שיתופי", "Otros equipos",
    "Άλλοι υπολογιστές", "Další počítače", "Más számítógépek", "Muut tietokoneet", "Alte computere",
    "Drives compartidos", "Drive dùng chung",
)  # fmt: skip
