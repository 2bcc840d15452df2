"""Questions that come with a shop, in the languages of the markets; the seller rewrites them (E1). Data, no code.

The first three of each language are the platform guide's own examples.
"""

from typing import NamedTuple


class Preset(NamedTuple):
    text: str
    answer: str
    phrasings: tuple[str, ...]


# The languages' own names: a seller finds the buyers' language by them, whatever the page's.
NAMES = {
    "zh-hans": "简体中文", "en": "English", "id": "Bahasa Indonesia", "ms": "Bahasa Melayu", "th": "ไทย",
    "vi": "Tiếng Việt", "es": "Español",
}  # fmt: skip

PRESETS: dict[str, tuple[Preset, ...]] = {
    "zh-hans": (
        Preset(
            "我的订单在哪里？",
            "您可以通过发货后发送至您邮箱的物流链接追踪订单，也可以在订单详情里查看物流。"
            "如果没有收到物流链接或订单延迟，请在这里告诉我们订单号。",
            ("我的快递到哪了", "怎么查物流", "我的包裹到哪里了", "物流好几天没更新了"),
        ),
        Preset(
            "我可以更改或取消订单吗？",
            "可以。只要订单尚未发货，下单后 1 小时内都可以更改或取消。请立即在这里发送订单号和要改的内容。",
            ("我想取消订单", "下错单了怎么改", "能改一下收货地址吗", "订单可以取消吗"),
        ),
        Preset(
            "如果我收到损坏或错误的商品怎么办？",
            "给您带来不便，非常抱歉。请把商品照片和订单号发到这里，我们会为您安排换货或退款。",
            ("收到的东西坏了", "商品破损怎么办", "发错货了", "少发了一件"),
        ),
        Preset(
            "什么时候发货？",
            "现货在付款后 48 小时内发出，预售商品以商品页写明的时间为准。发货后您会收到通知。",
            ("多久能发货", "今天能发货吗", "下单后几天发货", "怎么还没发货"),
        ),
        Preset(
            "怎么申请退货？",
            "签收后 7 天内，商品不影响二次销售即可退货：打开订单，点“申请售后”，选择“退货退款”并填写原因。",
            ("我想退货", "可以退货吗", "支持七天无理由吗", "退货怎么操作"),
        ),
        Preset(
            "有赠品吗？",
            "这款商品目前没有赠品，商品页上的优惠券可以直接领取使用；赠品活动会在直播间发放。",
            ("送不送赠品", "怎么领赠品", "有没有小礼物"),
        ),
    ),
    "en": (
        Preset(
            "Where is my order?",
            "You can track your order with the link sent to your e-mail after dispatch, or in the order's details. "
            "If there is no link or the parcel is late, send us your order number here.",
            ("Track my order", "Where is my parcel?", "My package has not arrived", "No tracking update for days"),
        ),
        Preset(
            "Can I change or cancel my order?",
            "Yes, within 1 hour of ordering, as long as it has not been dispatched. "
            "Send us the order number and what you want to change right away.",
            ("Cancel my order", "I want to change the delivery address", "I ordered the wrong size"),
        ),
        Preset(
            "What if I receive a damaged or wrong item?",
            "We are very sorry about that. Send photos of the item and your order number here, and we will arrange a "
            "replacement or a refund.",
            ("My item arrived broken", "You sent the wrong item", "Something is missing from my order"),
        ),
        Preset(
            "When will my order be shipped?",
            "Items in stock leave within 48 hours of payment. For pre-orders the date on the product page holds. "
            "You get a message when the parcel is on its way.",
            ("How long until you ship?", "Has it been shipped yet?", "When do you dispatch?"),
        ),
        Preset(
            "How do I return something?",
            "Within 15 days of delivery, open the order, choose Return or refund and give the reason. "
            "The item must be unused and in its packaging.",
            ("I want to send it back", "Return policy", "How do refunds work?"),
        ),
        Preset(
            "Do you have free gifts?",
            "There is no free gift with this product now, but the vouchers on the product page can be used at once. "
            "Gifts are given away during our LIVE.",
            ("Is there a gift?", "How do I get the free gift?"),
        ),
    ),
    "id": (
        Preset(
            "Di mana pesanan saya?",
            "Pesanan dapat dilacak lewat tautan yang dikirim ke email setelah barang dikirim, atau di detail pesanan. "
            "Jika tautan belum ada atau paket terlambat, kirim nomor pesanan di sini.",
            ("Paket saya sudah sampai mana?", "Cara lacak pesanan", "Kenapa paket belum sampai"),
        ),
        Preset(
            "Bisakah saya mengubah atau membatalkan pesanan?",
            "Bisa, dalam 1 jam setelah memesan selama barang belum dikirim. "
            "Kirim nomor pesanan dan apa yang ingin diubah.",
            ("Saya mau batalkan pesanan", "Mau ganti alamat pengiriman", "Salah pilih ukuran"),
        ),
        Preset(
            "Bagaimana jika barang yang diterima rusak atau salah?",
            "Kami mohon maaf. Kirim foto barang dan nomor pesanan di sini, kami akan mengatur penggantian atau "
            "pengembalian dana.",
            ("Barang saya rusak", "Barang yang dikirim salah", "Barangnya kurang satu"),
        ),
        Preset(
            "Kapan pesanan dikirim?",
            "Barang yang tersedia dikirim dalam 48 jam setelah pembayaran. Untuk pre-order berlaku tanggal di halaman "
            "produk.",
            ("Kapan barangnya dikirim?", "Berapa lama sampai dikirim", "Kok belum dikirim"),
        ),
    ),
    "ms": (
        Preset(
            "Di mana pesanan saya?",
            "Pesanan boleh dijejak melalui pautan yang dihantar ke e-mel selepas penghantaran, atau dalam butiran "
            "pesanan. Jika tiada pautan atau bungkusan lewat, hantar nombor pesanan di sini.",
            ("Barang saya sampai mana?", "Macam mana nak jejak pesanan", "Kenapa barang belum sampai"),
        ),
        Preset(
            "Bolehkah saya menukar atau membatalkan pesanan?",
            "Boleh, dalam masa 1 jam selepas membuat pesanan selagi belum dihantar. "
            "Hantar nombor pesanan dan perubahan yang dikehendaki.",
            ("Saya nak batalkan pesanan", "Nak tukar alamat penghantaran", "Tersilap pilih saiz"),
        ),
        Preset(
            "Bagaimana jika barang yang diterima rosak atau salah?",
            "Kami memohon maaf. Hantar gambar barang dan nombor pesanan di sini, kami akan menguruskan penggantian "
            "atau bayaran balik.",
            ("Barang rosak semasa diterima", "Terima barang yang salah", "Barang rosak atau tak cukup"),
        ),
        Preset(
            "Bilakah pesanan dihantar?",
            "Barang yang ada stok dihantar dalam masa 48 jam selepas bayaran. Untuk prapesanan, ikut tarikh di halaman "
            "produk.",
            ("Bila pesanan akan dihantar?", "Berapa hari pesanan dihantar selepas bayar", "Pesanan dihantar hari ini?"),
        ),
    ),
    "th": (
        Preset(
            "คำสั่งซื้อของฉันอยู่ที่ไหน",
            "ติดตามคำสั่งซื้อได้จากลิงก์ที่ส่งไปยังอีเมลหลังจัดส่ง หรือดูในรายละเอียดคำสั่งซื้อ "
            "หากไม่ได้รับลิงก์หรือพัสดุล่าช้า กรุณาส่งหมายเลขคำสั่งซื้อมาที่นี่",
            ("พัสดุถึงไหนแล้ว", "เช็คสถานะสินค้ายังไง", "ทำไมของยังไม่มา"),
        ),
        Preset(
            "เปลี่ยนหรือยกเลิกคำสั่งซื้อได้ไหม",
            "ได้ ภายใน 1 ชั่วโมงหลังสั่งซื้อ หากยังไม่ได้จัดส่ง กรุณาส่งหมายเลขคำสั่งซื้อและสิ่งที่ต้องการเปลี่ยน",
            ("ขอยกเลิกคำสั่งซื้อ", "เปลี่ยนที่อยู่จัดส่งได้ไหม", "สั่งผิดไซซ์"),
        ),
        Preset(
            "ได้รับสินค้าชำรุดหรือผิดต้องทำอย่างไร",
            "ขออภัยในความไม่สะดวก กรุณาส่งรูปสินค้าและหมายเลขคำสั่งซื้อมาที่นี่ เราจะเปลี่ยนสินค้าหรือคืนเงินให้",
            ("ของที่ได้มาพัง", "ส่งสินค้าผิด", "ได้ของไม่ครบ"),
        ),
        Preset(
            "จัดส่งเมื่อไหร่",
            "สินค้าพร้อมส่งจะจัดส่งภายใน 48 ชั่วโมงหลังชำระเงิน สินค้าพรีออเดอร์เป็นไปตามวันที่ในหน้าสินค้า",
            ("จะจัดส่งวันไหน", "กี่วันถึงจะจัดส่ง", "จัดส่งวันนี้ไหม"),
        ),
    ),
    "vi": (
        Preset(
            "Đơn hàng của tôi ở đâu?",
            "Bạn có thể theo dõi đơn qua đường dẫn gửi vào email sau khi giao cho vận chuyển, hoặc trong chi tiết đơn. "
            "Nếu chưa có đường dẫn hoặc đơn bị trễ, hãy gửi mã đơn hàng tại đây.",
            ("Hàng của mình tới đâu rồi?", "Cách tra cứu vận đơn", "Sao chưa nhận được hàng"),
        ),
        Preset(
            "Tôi có thể đổi hoặc hủy đơn không?",
            "Được, trong 1 giờ sau khi đặt nếu đơn chưa được gửi đi. Hãy gửi mã đơn hàng và nội dung cần đổi.",
            ("Mình muốn hủy đơn", "Đổi địa chỉ nhận hàng được không", "Mình đặt nhầm size"),
        ),
        Preset(
            "Nếu nhận hàng hỏng hoặc sai thì sao?",
            "Shop rất xin lỗi. Hãy gửi ảnh sản phẩm và mã đơn hàng tại đây, shop sẽ đổi hàng hoặc hoàn tiền cho bạn.",
            ("Hàng bị vỡ", "Shop giao sai hàng", "Giao thiếu hàng"),
        ),
        Preset(
            "Khi nào shop gửi hàng?",
            "Hàng có sẵn được gửi trong 48 giờ sau khi thanh toán. Hàng đặt trước theo ngày ghi trên trang sản phẩm.",
            ("Bao lâu thì shop gửi hàng?", "Hôm nay shop gửi hàng chưa?", "Shop gửi hàng ngày nào?"),
        ),
    ),
    "es": (
        Preset(
            "¿Dónde está mi pedido?",
            "Puedes seguirlo con el enlace que enviamos a tu correo tras el envío o en los detalles del pedido. "
            "Si no hay enlace o el paquete se retrasa, envíanos aquí el número de pedido.",
            ("Rastrear mi pedido", "No ha llegado mi paquete", "¿Dónde está mi paquete?"),
        ),
        Preset(
            "¿Puedo cambiar o cancelar mi pedido?",
            "Sí, dentro de 1 hora después de la compra si aún no se ha enviado. "
            "Envíanos el número de pedido y lo que quieres cambiar.",
            ("Quiero cancelar mi pedido", "Cambiar la dirección de entrega", "Pedí la talla equivocada"),
        ),
        Preset(
            "¿Qué hago si recibo un artículo dañado o equivocado?",
            "Lo sentimos mucho. Envía aquí fotos del artículo y el número de pedido; te enviaremos otro o te "
            "devolveremos el dinero.",
            ("Llegó roto", "Me enviaron otro artículo", "Falta una pieza"),
        ),
        Preset(
            "¿Cuándo se envía mi pedido?",
            "Lo que hay en existencia sale en 48 horas tras el pago. En preventa vale la fecha de la página del "
            "producto.",
            ("¿Cuánto tardan en enviar?", "¿Ya lo enviaron?", "¿Cuándo sale mi paquete?"),
        ),
    ),
}
