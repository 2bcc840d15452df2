"""The commonest words of the Latin languages that buyers write in, as they write them: function words first."""

WORDS = {
    "en": """
        the a an is are was were be been am i you he she it we they me my your his her its our their this that these
        those and or but not no yes of to in on at for from with by about into over after before what when where who
        which why how do does did can could will would shall should may might must have has had get got give take make
        made go going come let tell show set put want need like know see look find open close play stop start turn add
        new create cancel change book order buy pay send sent return refund please thanks thank hello hi hey help today
        tomorrow now later week day time any some all more one two first last good bad here there if then than so just
        only still yet again too very much many long late ship shipping delivery track tracking package parcel item size
        color price discount coupon account password address card money back received arrive arrived broken wrong
        missing delete remove remind reminder alarm weather movie song music schedule rate list next snooze off up out
        down i'm don't didn't can't it's isn't where's what's i've haven't hasn't won't as there's every per also free
        stock available
    """,
    "id": """
        yang dan di ke dari untuk dengan pada ini itu adalah ada tidak tak bukan belum sudah udah akan bisa dapat mau
        ingin saya aku kamu anda kami kita dia mereka nya apa apakah siapa kapan dimana mana kenapa mengapa bagaimana
        gimana berapa yg gak nggak ga ya tolong mohon silakan terima kasih halo hai kak min gan pesanan pesan barang
        paket kirim dikirim pengiriman sampai tiba terlambat ongkir bayar pembayaran uang kembali kembalikan
        pengembalian dana tukar ganti ubah batal batalkan pembatalan alamat nomor resi ukuran warna harga diskon kupon
        stok tersedia rusak salah kurang hari besok kemarin sekarang nanti minggu bulan jam menit malam pagi siang sore
        lagi juga saja sama atau tapi karena kalau jika agar semua setiap seperti lebih sangat banyak lama cepat baru
        buat buatkan tambah tambahkan tampilkan lihat cari putar mainkan setel atur ingatkan pengingat hapus hentikan
        tunda matikan nyalakan buka tutup beri berikan nilai jadwal cuaca hujan panas dingin film lagu musik daftar
        alarm playlist album serial carikan putarkan bintang ayo memberikan memberi empat lima tiga dua satu enam tujuh
        delapan sembilan sepuluh seluruh segala masukkan pindahkan kirimkan bantu bantuin minta cek
    """,
    "ms": """
        yang dan di ke dari daripada kepada untuk dengan pada ini itu ialah adalah ada tidak tak bukan belum sudah dah
        akan boleh bolehkah dapat nak mahu ingin saya awak anda kami kita dia mereka apa apakah adakah siapa bila
        bilakah mana kenapa mengapa bagaimana bagaimanakah macam berapa berapakah ya tolong sila terima kasih helo hai
        pesanan tempahan barang bungkusan hantar dihantar penghantaran sampai tiba lewat bayar bayaran pembayaran wang
        duit pulang pulangkan pemulangan tukar batal batalkan pembatalan alamat nombor saiz warna harga diskaun baucar
        stok rosak salah kurang hari esok semalam sekarang nanti minggu bulan jam pukul minit malam pagi petang lagi
        juga sahaja saja atau tetapi kerana kalau jika supaya semua setiap seperti lebih sangat banyak lama cepat baru
        baharu tambah tunjukkan papar cari mainkan tetapkan ingatkan peringatan padam hentikan tutup buka beri cuaca
        hujan panas filem lagu muzik senarai je lah cik encik kedai telefon kereta alarm
    """,
    "es": """
        el la los las un una de del que en y a es por para con no sí si se su sus lo al me mi te tu mis le les como pero
        más este esta esto ese esa eso hay ha he está están estoy son ser fue era tengo tiene quiero quiere puedo puede
        cuándo cuando dónde donde qué quién cuál cuánto cuánta cómo favor gracias hola buenos días buenas tardes pedido
        envío enviar paquete llegado llega llegar devolución devolver reembolso dinero pagar pago tarjeta cambiar
        cancelar talla color precio descuento cupón dirección cuenta roto equivocado falta hoy mañana ayer ahora todavía
        aún ya muy mucho todo todos también sin sobre hasta desde pon muestra dime añade borra alarma recordatorio
        tiempo lloverá película canción serial album playlist alarm
    """,
    "pt": """
        o a os as um uma de do da dos das que em no na nos nas e é por para com não sim se seu sua ao me meu minha meus
        te como mas mais este esta isto esse essa isso há foi está estão estou são ser era tenho tem quero quer posso
        pode quando onde qual quem quanto quanta porque obrigado obrigada olá oi bom dia boa tarde pedido envio enviar
        pacote encomenda chegou chega chegar devolução devolver reembolso dinheiro pagar pagamento cartão trocar
        cancelar tamanho cor preço desconto cupom endereço conta quebrado errado falta hoje amanhã ontem agora ainda já
        muito tudo todos também sem sobre até desde você vocês mostre diga adicione apague alarme lembrete tempo chover
        filme música serial album playlist alarm
    """,
    "fr": """
        le la les l un une des de du d que qui en et à a est pour par avec ne pas non oui se sa son ses au aux me mon ma
        mes te tu vous votre vos je j il elle nous on mais plus ce cet cette ces c'est ça y ai as ont sont suis être
        était veux veut voudrais peux peut pouvez quand où quel quelle quels combien comment pourquoi s'il plaît merci
        bonjour bonsoir salut commande livraison envoyer envoyé colis reçu arrivé arrive arriver retour retourner
        remboursement rembourser argent payer paiement carte changer annuler taille couleur prix réduction code adresse
        compte cassé mauvais manque aujourd'hui demain hier maintenant encore déjà très beaucoup tout tous aussi sans
        sur jusqu depuis dans montre mets ajoute supprime alarme rappel météo film chanson serial album playlist alarm
    """,
    "de": """
        der die das den dem des ein eine einen einem einer und oder aber nicht kein keine ja nein ist sind war bin sein
        hat habe haben hast wird werden ich du er sie es wir ihr mich mir mein meine meinen dein ihre unser sich in im
        an am auf aus bei mit nach von vom zu zum zur für über um was wann wo wer wie warum welche welcher kann können
        könnte will möchte muss soll bitte danke hallo guten tag morgen bestellung bestellt lieferung geliefert versand
        paket angekommen kommt rückgabe zurück zurückgeben erstattung geld bezahlen zahlung karte ändern stornieren
        größe farbe preis rabatt gutschein adresse konto kaputt falsch fehlt heute gestern jetzt noch schon sehr viel
        alle auch ohne bis seit dass wenn zeig stell füge lösche wecker erinnerung wetter serial album playlist alarm
    """,
    "it": """
        il lo la i gli le l un uno una di del della dei delle da dal in nel nella a al alla e è che per con non sì se si
        suo sua me mi mio mia miei ti tu lei come ma più questo questa quello quella c'è ho ha hai sono sei era essere
        ancora voglio vuole vorrei posso può quando dove quale chi quanto quanta perché favore grazie ciao buongiorno
        buonasera ordine spedizione spedire pacco arrivato arriva arrivare reso restituire rimborso soldi pagare
        pagamento carta cambiare annullare taglia colore prezzo sconto buono indirizzo conto rotto sbagliato manca oggi
        domani ieri ora adesso già molto tutto tutti anche senza fino mostra dimmi imposta aggiungi elimina sveglia
        promemoria tempo piovere film canzone serial album playlist alarm
    """,
    "nl": """
        de het een en of maar niet geen ja nee is zijn was ben bent heeft heb hebben wordt worden ik jij je u hij zij ze
        wij we mij mijn jouw uw ons zich in op aan uit bij met naar van voor over om te wat wanneer waar wie hoe waarom
        welke kan kunnen wil wilt moet mag graag bedankt dank hallo goedemorgen bestelling besteld levering geleverd
        verzending pakket aangekomen komt retour terug terugsturen terugbetaling geld betalen betaling kaart wijzigen
        annuleren maat kleur prijs korting adres account kapot verkeerd ontbreekt vandaag morgen gisteren nu nog al heel
        veel alle ook zonder tot sinds dat als dit deze die er toon zet wekker herinnering weer serial album playlist
        alarm
    """,
    "pl": """
        i w na z do o od po za przy dla ze się nie tak jest są był była być mam ma mój moja moje mi mnie ty twój pan
        pani on ona my wy ten ta to te tego czy co kiedy gdzie kto jak dlaczego który która ile mogę może chcę chciałbym
        proszę dziękuję dzień dobry cześć witam zamówienie zamówiłem dostawa wysyłka paczka przyszła dotarła zwrot
        zwrócić pieniądze zapłacić płatność karta zmienić anulować rozmiar kolor cena rabat kod adres konto uszkodzony
        zły brakuje dziś dzisiaj jutro wczoraj teraz jeszcze już bardzo dużo wszystko też bez że ale lub pokaż ustaw
        dodaj usuń budzik przypomnienie pogoda serial album playlist alarm
    """,
    "tr": """
        ve veya ama değil yok var bir bu şu o ben sen biz siz benim senin bana sana mi mı mu mü ne neden nasıl nerede
        zaman kim hangi kaç için ile gibi kadar daha çok en her hepsi evet hayır lütfen teşekkürler teşekkür ederim
        merhaba selam iyi günler sipariş siparişim kargo teslimat paket gelmedi geldi ulaştı iade para geri ödeme kart
        değiştirmek iptal etmek beden renk fiyat indirim kupon adres hesap kırık yanlış eksik bugün yarın dün şimdi hala
        henüz sonra önce istiyorum olur musunuz nedir göster kur ekle sil alarm hatırlatıcı hava serial album playlist
    """,
    "tl": """
        ang ng sa na ay mga si ni kay po opo ako ko akin ikaw ka mo siya niya kami namin tayo natin kayo ninyo sila nila
        ito iyan iyon dito diyan doon hindi huwag wala may mayroon meron ba kailan saan sino ano paano bakit alin ilan
        magkano pwede maaari gusto kailangan salamat kumusta kamusta magandang umaga hapon gabi pakiusap paki naman lang
        pa din rin kasi pero at o kung para order parsela padala dumating dating bayad ibalik pera palitan kanselahin
        sukat kulay presyo sira mali kulang ngayon bukas kahapon pala yung yun nyo nung serial album playlist alarm
    """,
    "vi": """
        là và không có tôi mình của khi nào bao giờ cảm ơn xin chào cho này đơn hàng được chưa rồi ở đâu gì sao như thế
        đã sẽ muốn giao trả tiền shop ơi em anh chị bạn toi minh khong ko don hang chua cam on chao gio muon tra tien
        serial album playlist alarm
    """,
}
# Indonesian and Malay share most words; these belong to one of them alone.
INDONESIAN = """
    bisa kapan karena uang mobil nomor kirim dikirim pengiriman paket ukuran kak nggak gak ga yg udah dong sih kok
    gimana besok kemarin silakan mohon halo menit sore siang tampilkan setel atur nyalakan matikan putar buatkan
    tambahkan film musik daftar diskon kupon ongkir resi rusak baru dana kembalikan ubah ganti apakah mau tunda hapus
    jadwal dimana perkiraan acara pengingat bagaimana senin selasa rabu kamis jumat sabtu minggu januari februari
    maret juni juli agustus oktober desember sekitar bioskop berikan bintang depan putarkan mainkan pemutaran ingin
    suhu derajat berawan salju akankah haruskah berapa jeda jedakan cerah badai
"""
MALAY = """
    boleh bolehkah awak wang duit nombor hantar dihantar penghantaran bungkusan tempahan saiz nak dah macam esok
    semalam sila bila bilakah adakah ialah daripada kerana sahaja minit petang pukul tunjukkan papar paparkan tetapkan
    filem muzik senarai diskaun baucar baharu pulangkan cik encik helo lewat padam bagaimanakah berapakah je awok
    tengok isnin khamis jumaat ahad mac ogos disember pemulangan akaun syiling bayaran
"""
