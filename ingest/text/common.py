"""Syllables with diacritics that texts about land, buildings and places use; others are rare.

They settle what spelling cannot: "Nghóa trang" is spelt well, but it is "Nghĩa trang" in VNI.
"""

import re
import unicodedata

from ingest.text.syllables import TONES

_LISTED = """
à ái án áng ánh áp âm ân âu ấn ấp ấy ăn ảng ảnh ạ bà bài bàn bàng bàu bá bác bách bái bám bán bánh
báo bát bấm bất bẫy bã bãi bão băm băng bằng bắc bắt bản bảng bảo bảy bạ bạc bạch bại bạn bạt bè
bèn bé bê bên bề bế bến bể bệnh biên biến biết biển biểu biện biệt bình bí bích bỉm bỉnh bị bịa
boòng bò bó bóng bót bô bôi bôn bông bồ bồi bồn bồng bố bốn bổ bổn bõ bỏ bơ bơm bờ bớt bởi bộ buôn
buộc bù bú búng bút bủng bước bưu cà cài càng cày cá các cách cái cán cáo cáp cát cân câu cây cầm
cần cầu cấm cấp cấu cẩm căn cằm cắm cắn cắt cả cải cảm cảng cảnh cạn cạnh cập cặp chà chào chày
chánh cháy chân châu chấm chấn chấp chất chăn chắc chắn chải chạm chạy chậm chặn chèn chéng chéo
chép chê chênh chế chẽ chiêm chiên chiêng chiêu chiềng chiều chiếm chiến chiếu chiểu chí chín
chính chỉ chỉnh chịu choàng choáng chó chói chóng chôn chồng chối chống chỗ chõ chõng chơ chơi
chơn chờ chợ chọn chọng chuẩn chuỗi chuyên chuyển chuyện chùa chùm chú chúa chúc chúng chũ chủ chư
chưa chương chừng chứa chức chứng chữ chử chục cò còi còn còng có cóc cói cóng cô côi côn công cồn
cố cốc cống cốt cổ cổng cõi cõng cỏ cơ cơi cờ cọt cộng cộp cột cuông cuối cuốn cuổi cù cùng cú cúc
cúi cũ cũng củ của cư cương cường cứ cứu cửa cửu cự cựu cụ cục cụm cụt dài dành dào dân dây dầm
dầu dấu dẫn dẩn dãy dải dạ dạng dê dền dễ diên diễn diệm diện dình dĩ dĩnh dịch dòng dó dôi dông
dõi dõng dơi dời duệ duyên duyệt dù dùng dũng dưa dương dưới dừa dừng dữ dự dựa dực dựng dụ dục
dụng gành gào gán gần gãi gạch gạo gặp ghép già giàng giá giám giáo giáp giây giấy giã giằng giả
giải giản giảng giêng giếng gió giôn giồng giống giờ giới giuộc giúp giữ giữa gì goá gò gòn góa
góc gói gồm gốc gốm gỗ gõ gọi gọn gộp gửi hà hàm hàng hành hào há hái hán hát hãy hằng hẳn hải hảo
hạ hạc hạn hạng hạnh hạp hậu hặc hè hé héc hết hẹ hẹp hệ hệt hiên hiền hiến hiếu hiển hiểu hiện
hiệp hiệu hình hoà hoài hoàn hoàng hoành hoá hoãn hoằng hoả hoạ hoạch hoạt hoặc hòa hòn hóa hóc
hôm hôn hồ hồi hồn hồng hố hỗ hỗn hổng hỏa hỏi hỏng hơn hới hở hợp họ họa học hộ hộc hội huế huệ
huồi huổi huyền huyện huỳnh hùng hú hủy hưng hương hướng hưởng hưu hữu hựu hỳ hỷ ích ít kạn kè kèm
kéo kép kê kênh kề kế kết kể kẽm kẻ khác khách khái kháng khánh khâm khâu khẩu khả khảo khép khê
khế khiêm khiêng khí khoài khoá khoái khoáng khoản khoảng khó khóa khóc khóm khôi không khối khống
khổng khỏi khơi khớp khởi khuất khuôn khuông khúc khủa khương khứ kiên kiêu kiều kiếm kiến kiết
kiểm kiểu kiệm kiện kiệt kiệu kín kính kôi kôn kông kơi kỳ ký kỹ kỷ là lài làm làng lào lách lái
láng lát lâm lân lâu lầm lần lầu lấn lấp lấy lẫn lãm lãng lãnh lão lăng lắng lạ lạc lại lạn lạng
lạt lập lậy lặc lặp lèng lèo lê lên lễ lẽ lẻ lệ lệch lệnh liêm liên liêng liêu liền liễn liễu liệt
liệu lìa lít lĩnh lịch loáng loại loỏng lò lòm lòng lóa lóc lóng lô lôn lồng lống lốp lỗ lỗi lõa
lõi lơ lời lớn lớp lở lợi lọc lộ lộc luân luận luật luôn luông luỹ lùa lùi lùng lúa lúc lũm lũng
lư lương lưới lược lượng lượt lưu lừa lức lữ lựa lực lựu lục lý mà má mái máng máy mâu mây mầm mần
mất mẫu mã mãng mão măng mảng mảnh mạ mạc mại mạng mạnh mạo mập mật mậu mặc mặt mè mèo mé mép mét
mê mềm mễ miếu miện mì mìn mình mít mịn mòi mòn mó móc móng mô môi môn mông mố mốc mối mỗ mỗi mõ
mỏ mơ mới mỡ mở mọi mọt mộ mộc mộng một muối muốn muổi mù mùa mùn mú múa múi mũi mưa mương mười
mường mức mứn mục mỹ nà nào này ná nâm nâng nâu nấm nẫm năm năng nằm nẵng nạp nậm nật nặm nặng nèn
né nén nép nét nên nêu nền nếnh nếu ngà ngài ngày ngân ngầm ngẫu ngã ngãi ngăn ngắn ngắt ngạc ngạn
nghé nghệ nghiêm nghiên nghiệp nghìn nghĩa nghị ngoài ngoại ngoặc ngò ngòi ngói ngô ngôn ngõ ngọc
nguồn nguyên nguyễn nguyệt ngũ ngư người ngưỡng ngược ngừng ngữ ngự nhà nhàn nhá nhân nhầm nhấn
nhất nhẫn nhã nhãn nhắc nhạc nhạt nhận nhập nhật nhè nhé nhiên nhiêu nhiều nhiệm nhì nhìn nhí nhị
nhóm nhôn nhõn nhỏ nhơn nhờ nhớ nhở nhọn nhuận như nhưng nhượng nhứt nhữ những nhựt niêm nòi nó
nói nóng nô nôi nông nối nốt nỗ nổi nơi nới nọi nội nộp nuôi nùng núa núi nút nưa nương nước nữa
nửa óc óng ô ôn ông ồ ố ống ổ ở pà pàng pằn pắc phá phán pháp phát phân phần phẩm phẩy phăng phẳng
phả phải phạm phật phặc phép phê phiên phiêng phiếu phì phìn phình phí phía phích phím phò phòng
phó phóc phóng phông phố phối phổ phơi phù phùng phú phúc phủ phương phường phước phượng phức phụ
phục phụng pồn pơ pờ pù pú púng quài quàng quá quách quán quân quần quả quản quảng quận quét quên
quế quí quốc quới quyền quyết quỳ quỳnh quý quỹ ràng rã rãnh răng rằng rắn rạch rạng réo rê riêng
riềng rì rí rịa rò rót rô rông rồi rồng rỗng rõ rơ rờ rời rộng ruộng rùa rút rừng rụt sà sài sàn
sàng sào sá sách sáng sánh sáp sát sáu sân sâu sầm sấu sẫm sắc sắt sẵn sản sảng sạch sại sạn sập
sặt sê sên sẽ siêu sì sìn sín sính sĩ sóc sóng sót sô sông số sốp sổ sỏ sỏi sơ sơn sớm sở sợi suối
súp sủ sủng sư sử sửa sự tà tài tàng tàu tá tách tám táng tánh tát tâm tân tây tầm tần tầng tấn
tất tấu tã tăm tăng tằng tắc tắt tả tải tảo tạ tại tạm tạo tạp tập tè tê tên tề tế tệp thàng thành
thác thái thám tháng tháp thầm thần thầu thầy thấp thất thấy thẩm thăng thắng thả thải thản thảo
thạch thạnh thập thật thép thê thêm thế thể thiên thiêu thiết thiếu thiểu thiện thiệu thì thí
thích thị thịnh thoá thoáng thoát thoại thò thó thóa thóc thô thôn thông thố thống thốt thổ thõng
thỏa thơ thờ thời thới thọ thuần thuẫn thuận thuật thuê thuộc thuột thuyết thuỳ thuỷ thuỵ thù thùa
thúc thủ thủy thư thương thường thước thượng thừa thứ thức thử thửa thự thực thụ thục tiên tiêu
tiền tiến tiếng tiếp tiết tiểu tìa tìm tình tích tím tín tính típ tĩnh tỉ tỉnh tịch tịnh toàn toán
toáng toát toạ toại tó tóc tô tôi tôm tôn tông tồn tố tốc tối tốn tống tốt tổ tổng tơ tơi tờ tới
tở tọ tọa trà tràm tràng trào trá trách trái trâm trân trần trấn trãi trăm trăng trắc trắng trả
trảng trạch trại trạm trạng trạo trận trên triều triển triệu trì trình trí trích trị trịnh trò
tròn tròng tróc trôm trồng trống trỏ trở trợ trọn trọng trộm trộn truông trù trùng trúc trưng
trương trường trước trừ trữ trực trụ trục tuần tuấn tuệ tuyên tuyền tuyến tuyệt tù tùng tùy tú túc
túi tủa tư tương tường tượng từ từng tứ tử tự tựu tụ tục tý tỷ uông uyên úy ủy ươm ương ưu ừ ứng
và vài vàm vàng vào vân vầy vấn vấp vẫn vãn văn vạc vạn vận vật vậy véc về vẽ vẻ vẹn vệ viên viền
viết viễn việc viện việt vì ví vĩ vĩnh vỉa vị vò vòng vó vô vồn võ với vuông vùng vú vũ vũng vương
vườn vượt vừa vữa vực vụ vụn vỹ xà xá xác xám xát xây xấu xã xảy xạ xèo xé xén xét xím xín xoài
xóa xóm xốp xuân xuất xuống xuyên xùa xương xử yên yêu yết yếu ý đa đai đam đan đang đà đài đàm
đàn đào đá đám đáng đánh đâu đây đầm đầu đầy đất đấu đã đăng đằng đắc đảo đạ đại đạm đạo đạt đậm
đặc đặng đặt đen đèo đéc đêm đề đều đếm đến để đẹp đi điềm điền điều điểm điện điệp đinh đình đích
đĩa đỉnh địa định đo đoa đoan đoài đoàn đoán đoạn đòi đó đóng đô đôi đôn đông đồ đồi đồn đồng đốc
đối đống đỗ đổi đổng đỏ đơn đới đợi đọc độ độc động đu đuôi đùng đúc đúng đủ đưa đường đước được
đức đứng
"""
_WORD = re.compile(r"[^\W\d_]+")


def _letters_and_tone(word: str) -> tuple[str, str]:
    """Alike for hòa and hoà."""
    spread = unicodedata.normalize("NFD", word.lower())
    plain = "".join(mark for mark in spread if mark not in TONES)
    return plain, "".join(mark for mark in spread if mark in TONES)


_COMMON = frozenset(map(_letters_and_tone, _LISTED.split()))


def all_common(text: str) -> bool:
    """Whether every word beyond ASCII is a common one; a letter by itself tells nothing.

    A tone on a letter that bears none (`M̉`) is nobody's word. `text`: NFC.
    """
    if any(map(unicodedata.combining, text)):
        return False
    marked = (word for word in _WORD.findall(text) if len(word) > 1 and not word.isascii())
    return all(_letters_and_tone(word) in _COMMON for word in marked)
